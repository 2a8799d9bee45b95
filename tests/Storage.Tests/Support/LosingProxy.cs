using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Levee.Storage.Tests.Support;

/// <summary>
/// Stands between a client and PostgreSQL. When told to, it lets the next COMMIT through, waits until the server has answered it, and then
/// breaks the connection: the commit is durable and nobody was told.
/// </summary>
internal sealed class LosingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _server;
    private readonly Task _accepting;
    private int _toLose;
    private int _lost;

    public LosingProxy(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        _server = new IPEndPoint(IPAddress.Loopback, builder.Port);
        _listener.Start();
        builder.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        ConnectionString = builder.ConnectionString;
        _accepting = AcceptAsync();
    }

    public string ConnectionString { get; }

    /// <summary>Answers to COMMIT that were lost.</summary>
    public int Lost => Volatile.Read(ref _lost);

    public void LoseNextAnswers(int count) => Volatile.Write(ref _toLose, count);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        using (client)
        {
            var cut = false;
            try
            {
                client.NoDelay = true;
                await server.ConnectAsync(_server, _stop.Token);
                await Task.WhenAny(
                    PumpAsync(client, server, chunk => cut |= IsCommit(chunk) && Interlocked.Decrement(ref _toLose) >= 0),
                    PumpAsync(server, client, _ => cut));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // One of the two has gone.
            }

            if (cut)
            {
                Interlocked.Increment(ref _lost);
            }
        }
    }

    private static bool IsCommit(ReadOnlySpan<byte> chunk) => chunk.IndexOf("COMMIT\0"u8) >= 0;

    // Ends when the peer does, or with what the server says after a commit whose answer is to be lost.
    private async Task PumpAsync(TcpClient from, TcpClient to, Func<byte[], bool> look)
    {
        var fromServer = ((IPEndPoint)from.Client.RemoteEndPoint!).Port == _server.Port;
        var buffer = new byte[64 * 1024];
        int length;
        while ((length = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0)
        {
            if (look(buffer[..length]) && fromServer)
            {
                return;
            }

            await to.GetStream().WriteAsync(buffer.AsMemory(0, length), _stop.Token);
        }
    }
}
