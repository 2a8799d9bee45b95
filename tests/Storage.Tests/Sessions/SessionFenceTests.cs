using Levee.Embedded;
using Levee.Storage.Tests.Support;
using Levee.Testing;
using Npgsql;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Sessions;

public sealed class SessionFenceTests
{
    private const string Dead = "levee 10.0.0.1:11111@7";

    [Fact]
    public async Task A_session_that_stands_still_inside_a_COPY_lets_go_of_its_locks()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var committer = Committer(database.Source);
        var id = Guid.NewGuid();
        await committer.CommitAsync(Commit(1), CancellationToken.None);
        await using var dead = StorageServiceCollectionExtensions.CreateSource(database.ConnectionString, Dead);
        await using var connection = await dead.OpenConnectionAsync();
        await StandStillAsync(connection);

        var blocked = committer.CommitAsync(Commit(1, 1, transactions: Row(Transaction(id))), CancellationToken.None);
        await Eventually.HoldsAsync(() => database.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"));

        // Longer than idle_in_transaction_session_timeout, which does not see a session inside a COPY.
        await Eventually.HoldsAsync(() => database.ScalarAsync<bool>(
            "SELECT clock_timestamp() - query_start > '4 s' FROM pg_stat_activity WHERE application_name = $1", Dead));
        Assert.False(blocked.IsCompleted);

        var ended = await new SessionFence(database.Source).EndAsync([Dead], CancellationToken.None);
        var result = await blocked.WaitAsync(Eventually.Limit);

        Assert.Equal((1, CommitStatus.Committed, 2L), (ended, result.Status, result.NewVersion));
        Assert.Equal([id], await database.ColumnAsync<Guid>("SELECT transaction_id FROM transactions"));
        Assert.Equal(0, await new SessionFence(database.Source).EndAsync([Dead], CancellationToken.None));
    }

    [Fact]
    public async Task Sessions_of_other_names_and_of_other_databases_go_on()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var alive = StorageServiceCollectionExtensions.CreateSource(database.ConnectionString, "levee 10.0.0.1:11111@8");
        await using var elsewhere = StorageServiceCollectionExtensions.CreateSource(await TestPostgres.CreateDatabaseAsync(), Dead);
        await using var same = StorageServiceCollectionExtensions.CreateSource(database.ConnectionString, Dead);
        await using var first = await alive.OpenConnectionAsync();
        await using var second = await elsewhere.OpenConnectionAsync();

        // Whoever asks is spared, even under the dead silo's name.
        var ended = await new SessionFence(same).EndAsync([Dead], CancellationToken.None);

        Assert.Equal(0, ended);
        Assert.Equal(1, await AnswerAsync(first));
        Assert.Equal(1, await AnswerAsync(second));
    }

    // Like a writer that is stopped between two packets: a state's row is locked, a COPY has begun, and nothing more comes.
    private static async Task StandStillAsync(NpgsqlConnection connection)
    {
        await connection.BeginTransactionAsync();
        await using (var update = new NpgsqlCommand("UPDATE customer_state SET updated_at = now() WHERE customer_id = 1", connection))
        {
            Assert.Equal(1, await update.ExecuteNonQueryAsync());
        }

        await connection.BeginBinaryImportAsync("COPY features (customer_id) FROM STDIN (FORMAT binary)");
    }

    private static async Task<int> AnswerAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
