using Levee.Embedded;
using Levee.Storage.Tests.Support;
using Levee.Testing;
using Npgsql;

namespace Levee.Storage.Tests;

public sealed class MigrationTests
{
    [Fact]
    public async Task Eight_that_migrate_at_once_run_every_script_once()
    {
        var connectionString = await TestPostgres.CreateDatabaseAsync();
        var sources = Enumerable.Range(0, 8)
            .Select(_ => StorageServiceCollectionExtensions.CreateSource(connectionString + ";Maximum Pool Size=2"))
            .ToArray();
        try
        {
            await Task.WhenAll(sources.Select(source => Task.Run(() => new LeveeDatabase(source).MigrateAsync(CancellationToken.None))));
        }
        finally
        {
            foreach (var source in sources)
            {
                await source.DisposeAsync();
            }
        }

        await using var database = new TestDatabase(connectionString);
        Assert.Equal(
            [
                "0001_levee.sql", "0002_orleans.sql", "0003_journals.sql", "0004_import_and_parity.sql", "0005_runs_and_history.sql",
                "0006_api_keys.sql", "0007_served_predictions.sql", "0008_digests_and_data_sets.sql", "0009_idempotency_keys.sql",
                "0010_predictions_on_arrival.sql",
            ],
            await database.ColumnAsync<string>("SELECT scriptname::text FROM schemaversions ORDER BY schemaversionsid"));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
    }

    [Fact]
    public async Task A_database_of_a_newer_levee_is_refused_by_name()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("INSERT INTO schemaversions (scriptname, applied) VALUES ('0999_later.sql', now())");

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => new LeveeDatabase(database.Source).MigrateAsync(CancellationToken.None));

        Assert.Contains("newer Levee", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("0999_later.sql", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_fails_is_named_and_leaves_nothing_behind()
    {
        await using var database = new TestDatabase(await TestPostgres.CreateDatabaseAsync());
        await database.ExecuteAsync("CREATE TABLE orleans_cluster (somebody text)");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => new LeveeDatabase(database.Source).MigrateAsync(CancellationToken.None));

        Assert.Contains("0002_orleans.sql", failure.Message, StringComparison.Ordinal);
        Assert.False(await database.ScalarAsync<bool>("SELECT to_regclass('orleansquery') IS NOT NULL"));
        await database.ExecuteAsync("DROP TABLE orleans_cluster");
        await new LeveeDatabase(database.Source).MigrateAsync(CancellationToken.None);
        await new LeveeDatabase(database.Source).PingAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_migration_waits_for_another_however_long_and_can_be_given_up()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var other = await database.Source.OpenConnectionAsync();
        await using (var hold = new NpgsqlCommand("SELECT pg_advisory_lock(7210533841)", other))
        {
            await hold.ExecuteNonQueryAsync();
        }

        using var giveUp = new CancellationTokenSource();
        var waiting = new LeveeDatabase(database.Source).MigrateAsync(giveUp.Token);
        await Eventually.HoldsAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") > 0);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Theory]
    [InlineData("transactions", "transaction_id,customer_id,merchant_id,amount,currency,base_amount,event_time,card_last_4,is_fraud,country,device_type,is_late,epoch,kafka_partition,kafka_offset,customer_sequence,ingested_at")]
    [InlineData("features", "customer_id,window_start,window_end,transaction_count,avg_amount,max_amount,fraud_count,amount_std,computed_at")]
    [InlineData("predictions", "prediction_id,transaction_id,customer_id,merchant_id,event_time,scored_at,request,fraud_probability,is_fraud,model_version,features,feature_hash,customer_sequence,merchant_sequence,degraded,latency_ms")]
    [InlineData("labels", "transaction_id,is_fraud,source,observed_at,recorded_at")]
    public async Task The_published_columns_are_there_in_their_order(string table, string columns)
    {
        await using var database = await TestDatabase.CreateAsync();

        var stored = await database.ColumnAsync<string>(
            "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position", table);

        Assert.StartsWith(columns, string.Join(',', stored), StringComparison.Ordinal);
    }
}
