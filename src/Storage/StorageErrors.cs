using System.Net.Sockets;
using Npgsql;

namespace Levee.Storage;

/// <summary>Tells errors that pass from errors that stay.</summary>
public static class StorageErrors
{
    /// <summary>
    /// Whether trying again can help: the server is away, starting, shutting down, out of connections, or it broke a deadlock or a lock
    /// that took too long.
    /// </summary>
    public static bool IsTransient(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.IsTransient || StateOf(postgres) is
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.DiskFull or PostgresErrorCodes.TooManyConnections or "25P03",
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        _ => exception.InnerException is { } inner && IsTransient(inner),
    };

    // An exception that came from another silo or process has its message only, which begins with the state.
    private static string StateOf(PostgresException exception)
    {
        const int length = 5;
        return exception.SqlState is { Length: > 0 } state ? state
            : exception.Message.Length > length && exception.Message[length] == ':' ? exception.Message[..length] : "";
    }
}
