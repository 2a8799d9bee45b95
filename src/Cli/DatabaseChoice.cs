using System.CommandLine;
using Levee.Embedded.Postgres;
using Levee.Storage;
using Npgsql;

namespace Levee.Cli;

/// <summary>The options <c>--postgres</c> and <c>--data</c>: which database a command works on, and where its files lie.</summary>
internal sealed class DatabaseChoice
{
    private const string ConnectionKey = "Levee:Postgres:ConnectionString";
    private const string DataKey = "Levee:Data";

    public Option<string?> Connection { get; } = new("--postgres")
    {
        Description = $"Npgsql connection string. Defaults to {ConnectionKey}, else to the embedded server under --data.",
        HelpName = "connection",
    };

    public Option<string> Data { get; } = new("--data")
    {
        Description = "Data folder: the embedded servers, the runs' files and the data sets.",
        HelpName = "folder",
        DefaultValueFactory = _ => CliConfiguration.Load()[DataKey] is { Length: > 0 } folder ? folder : ".levee",
    };

    public void AddTo(Command command)
    {
        command.Add(Connection);
        command.Add(Data);
    }

    /// <summary>The data folder.</summary>
    public string FolderOf(ParseResult parsed) => parsed.GetRequiredValue(Data);

    /// <summary>Opens the database.</summary>
    /// <exception cref="CliException">There is none, or the connection string is none.</exception>
    public NpgsqlDataSource Open(ParseResult parsed)
    {
        var text = parsed.GetValue(Connection) is { Length: > 0 } given ? given : CliConfiguration.Load()[ConnectionKey];
        if (string.IsNullOrWhiteSpace(text))
        {
            text = RunningPostgres.Find(Path.Combine(FolderOf(parsed), "postgres"))
                ?? throw new CliException(
                    $"No embedded PostgreSQL runs under {FolderOf(parsed)}: start Levee, or give --postgres, {ConnectionKey} or --data.");
        }

        try
        {
            return StorageServiceCollectionExtensions.CreateSource(text);
        }
        catch (ArgumentException exception)
        {
            throw new CliException($"--postgres is not a connection string: {exception.Message}", exception);
        }
    }
}
