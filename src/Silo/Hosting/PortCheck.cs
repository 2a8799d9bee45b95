using System.Net;
using System.Net.Sockets;

namespace Levee.Silo.Hosting;

/// <summary>Finds out early that a port is taken, before minutes of set-up.</summary>
internal static class PortCheck
{
    /// <summary>Throws one clear sentence when the port is taken.</summary>
    public static void RequireFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new StartupException($"Port {port} is taken by another program: stop it, or choose another with --port N.", exception);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
        {
            throw new StartupException($"Port {port} may not be used without more rights: choose one above 1023 with --port N.", exception);
        }
    }

    /// <summary>A port that is free now, for the given one if that is not 0.</summary>
    public static int Choose(int configured)
    {
        if (configured != 0)
        {
            return configured;
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
