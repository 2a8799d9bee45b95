using System.Net;
using System.Net.Sockets;

namespace Levee.Testing;

/// <summary>
/// Ports for the processes that tests start: below those that the system hands to clients, which would else take one, or even connect to
/// themselves on it, before the process listens.
/// </summary>
public static class Ports
{
    private const int First = 20_000;
    private const int Starts = 8_000;

    private static int _last = First + (Environment.ProcessId % Starts);

    /// <summary>Ports in a row that nobody listens on, each given once by this process.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The first of them.</returns>
    public static int Free(int count = 1)
    {
        while (true)
        {
            var first = Interlocked.Add(ref _last, count) - count + 1;
            if (Enumerable.Range(first, count).All(IsFree))
            {
                return first;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
