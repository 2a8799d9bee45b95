using Levee.Storage.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Storage.Tests;

public sealed class StorageServicesTests
{
    [Theory]
    [InlineData("Writers", "0")]
    [InlineData("Writers", "17")]
    [InlineData("MaxBatch", "0")]
    [InlineData("MaxQueued", "0")]
    [InlineData("LingerMilliseconds", "-1")]
    [InlineData("MaxQueuedPredictions", "0")]
    [InlineData("PredictionLog:FlushMilliseconds", "49")]
    [InlineData("PredictionLog:MaxBytes", "1000")]
    [InlineData("PredictionLog:SegmentBytes", "65535")]
    public async Task An_option_out_of_its_range_is_refused_by_name(string name, string value)
    {
        await using var services = Build((name, value));

        var refusal = Assert.Throws<OptionsValidationException>(() => name.StartsWith("PredictionLog", StringComparison.Ordinal)
            ? (object)services.GetRequiredService<IOptions<PredictionLogOptions>>().Value
            : services.GetRequiredService<IOptions<StorageOptions>>().Value);

        Assert.Contains(name.Split(':')[^1], refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_can_be_resolved()
    {
        using var folder = new TemporaryFolder();
        await using var services = Build(("ConnectionString", "Host=127.0.0.1"), ("PredictionLog:Folder", folder.Path));

        Assert.NotNull(services.GetRequiredService<LeveeDatabase>());
        Assert.NotNull(services.GetRequiredService<GrainStateStore>());
        Assert.NotNull(services.GetRequiredService<GroupCommitter>());
        Assert.NotNull(services.GetRequiredService<PredictionLog>());
        Assert.NotNull(services.GetRequiredService<LabelStore>());
        Assert.NotNull(services.GetRequiredService<ModelRegistry>());
        Assert.NotNull(services.GetRequiredService<StreamCheckpointStore>());
        Assert.NotNull(services.GetRequiredService<HistoryLoader>());
        Assert.NotNull(services.GetRequiredService<TransactionReader>());
        Assert.NotNull(services.GetRequiredService<MaturedPredictions>());
    }

    [Theory]
    [InlineData("Host=a", 40)]
    [InlineData("Host=a;MaxPoolSize=7", 7)]
    [InlineData("Host=a;maximum pool size=8", 8)]
    public async Task A_pool_size_that_was_given_is_kept(string connectionString, int expected)
    {
        await using var source = StorageServiceCollectionExtensions.CreateSource(connectionString);

        var used = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        Assert.Equal((expected, "levee"), (used.MaxPoolSize, used.ApplicationName));
    }

    private static ServiceProvider Build(params (string Name, string Value)[] settings) => new ServiceCollection()
        .AddLogging()
        .AddLeveeStorage(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(
                setting.Name.Contains(':', StringComparison.Ordinal) ? $"Levee:{setting.Name}" : $"Levee:Postgres:{setting.Name}", (string?)setting.Value)))
            .Build())
        .BuildServiceProvider();
}
