using System.Net.Sockets;
using Levee.Embedded;
using Levee.Training;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Silo;

/// <summary>What went wrong at the start, in one sentence for the person who started it.</summary>
internal static class StartupErrors
{
    private const int NoSpaceLeft = 28;
    private const string ConnectionKey = "Levee:Postgres:ConnectionString";

    /// <summary>The sentence, or null when the error is not one that a person can mend: then the stack trace is worth more.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        StartupException or EmbeddedServerException => exception.Message,
        OptionsValidationException options => $"The configuration is not valid: {string.Join(" ", options.Failures)}",
        TrainingDataException => $"The first model could not be trained: {exception.Message}",
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "The disk is full: PostgreSQL cannot write its data.",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InvalidPassword } postgres =>
            $"PostgreSQL refused the connection: {postgres.MessageText} ({ConnectionKey}).",
        PostgresException postgres => $"PostgreSQL refused: {postgres.MessageText}.",
        NpgsqlException { InnerException: SocketException or TimeoutException } =>
            $"PostgreSQL does not answer at the configured address ({ConnectionKey}).",
        NpgsqlException => $"PostgreSQL broke off the connection: {exception.Message}.",
        IOException { HResult: NoSpaceLeft } io => $"The disk is full: {io.Message}",
        IOException { InnerException: AddressInUseException } => $"{exception.Message} Stop the other program, or choose another port with --port N.",
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => $"The configuration is not valid: {exception.Message}",
        _ => exception.InnerException is { } inner ? Explain(inner) : null,
    };
}
