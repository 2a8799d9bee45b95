using System.Net;
using System.Net.Sockets;

namespace Levee.Bench.Serving;

/// <summary>Connections that ask for nothing.</summary>
internal sealed class IdleConnections : IDisposable
{
    private readonly List<Socket> _sockets = [];

    /// <summary>How many the server still has open.</summary>
    public int Open => _sockets.Count(socket => !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0));

    public static async Task<IdleConnections> OpenAsync(Uri service, int count, CancellationToken stop)
    {
        var idle = new IdleConnections();
        try
        {
            var address = new IPEndPoint(IPAddress.Loopback, service.Port);
            for (var i = 0; i < count; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                idle._sockets.Add(socket);
                await socket.ConnectAsync(address, stop);
            }

            return idle;
        }
        catch
        {
            idle.Dispose();
            throw;
        }
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}
