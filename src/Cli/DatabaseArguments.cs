using System.CommandLine;
using Levee.Embedded.Postgres;
using Levee.Storage;
using Npgsql;

namespace Levee.Cli;

/// <summary>The options of commands that go to the database themselves: where it is.</summary>
internal sealed class DatabaseArguments
{
    private const string ConnectionVariable = "Levee__Postgres__ConnectionString";
    private const string DataVariable = "Levee__Data";

    private readonly Option<string?> _connection = new("--postgres")
    {
        Description = $"Npgsql connection string. Defaults to the environment's {ConnectionVariable}, else to the embedded server under --data.",
        HelpName = "connection",
    };

    private readonly Option<string> _data = new("--data")
    {
        Description = "Folder of the embedded servers.",
        HelpName = "folder",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(DataVariable) is { Length: > 0 } folder ? folder : ".levee",
    };

    public void AddTo(Command command)
    {
        command.Add(_connection);
        command.Add(_data);
    }

    /// <summary>The data folder.</summary>
    public string Data(ParseResult parsed) => parsed.GetRequiredValue(_data);

    /// <summary>Finds the database.</summary>
    /// <exception cref="CliException">There is none, or the connection string is none.</exception>
    public NpgsqlDataSource Open(ParseResult parsed)
    {
        var (given, data) = (parsed.GetValue(_connection), Data(parsed));
        var text = string.IsNullOrWhiteSpace(given) ? Environment.GetEnvironmentVariable(ConnectionVariable) : given;
        if (string.IsNullOrWhiteSpace(text))
        {
            text = RunningPostgres.Find(Path.Combine(data, "postgres"))
                ?? throw new CliException(
                    $"No embedded PostgreSQL runs under {data}: give --postgres, {ConnectionVariable} in the environment, or --data.");
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
