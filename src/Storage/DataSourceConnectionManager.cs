using DbUp.Engine.Transactions;
using Npgsql;

namespace Levee.Storage;

/// <summary>Gives DbUp connections of the data source.</summary>
internal sealed class DataSourceConnectionManager(NpgsqlDataSource source)
    : DatabaseConnectionManager(new DelegateConnectionFactory(_ => source.CreateConnection()))
{
    // PostgreSQL takes a whole script at once, and only it knows where a statement ends.
    public override IEnumerable<string> SplitScriptIntoCommands(string scriptContents) => [scriptContents];
}
