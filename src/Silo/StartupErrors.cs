using System.Net.Sockets;
using Levee.Embedded;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Silo;

/// <summary>What went wrong at the start, in one sentence for the person who started it.</summary>
internal static class StartupErrors
{
    private const int NoSpaceLeft = 28;

    /// <summary>The sentence, or null when the error is not one that a person can mend: then the stack trace is worth more.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        StartupException or EmbeddedServerException => exception.Message,
        OptionsValidationException options => $"The configuration is not valid: {string.Join(" ", options.Failures)}",
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "The disk is full: PostgreSQL cannot write its data.",
        PostgresException postgres => $"PostgreSQL refused: {postgres.MessageText}.",
        NpgsqlException { InnerException: SocketException } => "PostgreSQL does not answer at the configured address (Levee:Postgres:ConnectionString).",
        IOException { HResult: NoSpaceLeft } io => $"The disk is full: {io.Message}",
        AggregateException { InnerException: { } inner } => Explain(inner),
        _ => null,
    };
}
