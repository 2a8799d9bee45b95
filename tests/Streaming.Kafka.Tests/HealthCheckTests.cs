using Levee.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Levee.Streaming.Kafka.Tests;

public sealed class HealthCheckTests
{
    private static readonly KafkaPartitionHealth Moving = new("orders", 3, 1, 17, 5, 5, TimeSpan.FromSeconds(1), 0, false, null);

    [Fact]
    public async Task A_moving_consumer_is_healthy() =>
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(new KafkaStreamHealth(true, null, [Moving]))).Status);

    [Fact]
    public async Task A_consumer_that_does_not_run_is_unhealthy() =>
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(new KafkaStreamHealth(false, null, []))).Status);

    [Fact]
    public async Task A_blocked_partition_is_named_with_its_reason()
    {
        var result = await CheckAsync(new KafkaStreamHealth(true, null, [Moving with { Partition = 1 }, Moving with { BlockedReason = "records are gone" }]));
        Assert.Equal((HealthStatus.Unhealthy, "orders[3]: records are gone"), (result.Status, result.Description));
        Assert.Equal("records are gone", Assert.Single(result.Data).Value);
    }

    [Fact]
    public async Task A_record_that_stays_incomplete_too_long_is_unhealthy()
    {
        var old = Moving with { OldestUnacknowledged = TimeSpan.FromSeconds(61) };
        Assert.Equal("orders[3]: offset 17 is incomplete for 61 s", (await CheckAsync(new KafkaStreamHealth(true, null, [old]))).Description);
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(new KafkaStreamHealth(true, null, [old]))).Status);
        Assert.Equal(
            HealthStatus.Healthy,
            (await CheckAsync(new KafkaStreamHealth(true, null, [old]), o => o.MaxUnacknowledgedAge = TimeSpan.FromMinutes(2))).Status);
    }

    [Fact]
    public async Task A_partition_that_does_not_begin_is_named_with_the_error_and_unhealthy_after_a_while()
    {
        var starting = Moving with { Epoch = 0, StartError = "no right to describe the topic", StartingFor = TimeSpan.FromSeconds(20) };
        var result = await CheckAsync(new KafkaStreamHealth(true, null, [starting]));
        Assert.Equal(
            (HealthStatus.Degraded, "orders[3]: where it begins is not known for 20 s: no right to describe the topic"), (result.Status, result.Description));
        var later = starting with { StartingFor = TimeSpan.FromSeconds(61) };
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(new KafkaStreamHealth(true, null, [later]))).Status);
    }

    [Fact]
    public async Task A_partition_whose_log_does_not_answer_is_named_with_the_error_and_unhealthy_after_a_while()
    {
        var silent = Moving with { LogError = "broker away", LogErrorFor = TimeSpan.FromSeconds(20) };
        var result = await CheckAsync(new KafkaStreamHealth(true, null, [silent]));
        Assert.Equal((HealthStatus.Degraded, "orders[3]: its log has not answered for 20 s: broker away"), (result.Status, result.Description));
        var later = silent with { LogErrorFor = TimeSpan.FromSeconds(61) };
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(new KafkaStreamHealth(true, null, [later]))).Status);
    }

    /// <summary>With everything read nothing is incomplete and nothing lags, by what is known; and the others' records say that Kafka is well.</summary>
    [Fact]
    public async Task On_a_silo_an_idle_partition_whose_broker_is_away_is_named_while_others_move()
    {
        using var kafka = TestKafka.StartEmbedded(brokers: 2);
        kafka.CreateTopic("orders", 2);
        kafka.Embedded.SetPartitionLeader("orders", 0, 1);
        kafka.Embedded.SetPartitionLeader("orders", 1, 2);
        using var source = new OrderSource(kafka, 2);
        var log = new DeliveryLog();
        await using var silo = await TestSilo.StartAsync(kafka, log, new InMemoryKafkaCheckpointStore(), o =>
        {
            // The embedded brokers choose a group's coordinator by its name; this one's is broker 1, which stays.
            o.GroupId = "orders";
            o.IdleAfter = TimeSpan.FromMilliseconds(200);
        });
        var (moving, silent) = (new Order(1, 2, 1, 0), new Order(2, 3, 1, 0));
        await source.ProduceAsync(moving);
        await source.ProduceAsync(silent);
        await Eventually.HoldsAsync(() => log.CountEffects("customers/") == 2, "the first records");
        Assert.All(silo.Health.Partitions, p => Assert.Null(p.LogError));

        kafka.SetBrokerDown(2);
        var number = 3;
        await Eventually.HoldsAsync(
            async () =>
            {
                await source.ProduceAsync(moving with { Number = number++ });
                return silo.Health.Partitions.Single(p => p.Partition == 1).LogErrorFor > TimeSpan.FromSeconds(3);
            },
            "the partition to be named");
        Assert.Null(silo.Health.Partitions.Single(p => p.Partition == 0).LogError);

        kafka.SetBrokerUp(2);
        await Eventually.HoldsAsync(() => silo.Health.Partitions.All(p => p.LogError is null), "the partition to answer");
    }

    [Fact]
    public async Task A_client_that_complains_is_degraded() =>
        Assert.Equal(HealthStatus.Degraded, (await CheckAsync(new KafkaStreamHealth(true, "Kafka: away", [Moving]))).Status);

    [Fact]
    public async Task On_a_silo_a_failing_grain_shows_with_stream_attempts_and_error()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var source = new OrderSource(kafka, 1);
        var log = new DeliveryLog();
        log.BeforeDelivery = (stream, _) => stream == "customers/7" ? throw new InvalidOperationException("a test said so") : Task.CompletedTask;
        await using var silo = await TestSilo.StartAsync(
            kafka,
            log,
            new InMemoryKafkaCheckpointStore(),
            services: s => s.AddHealthChecks().AddKafkaStreams("kafka", o => o.MaxUnacknowledgedAge = TimeSpan.FromMinutes(10)));
        var checks = silo.Services.GetRequiredService<HealthCheckService>();
        await source.ProduceAsync(new Order(0, 7, 1, 0));
        HealthReportEntry entry = default;
        await Eventually.HoldsAsync(
            async () =>
            {
                entry = (await checks.CheckHealthAsync()).Entries["kafka-streams-kafka"];
                return entry.Status == HealthStatus.Degraded;
            },
            "the failure to show");
        Assert.Matches(
            "^orders.0.: 1 streams wait for another attempt: customers/7 at offset 0 after [0-9]+ attempts .InvalidOperationException: a test said so.$",
            entry.Description);
    }

    private static Task<HealthCheckResult> CheckAsync(KafkaStreamHealth health, Action<KafkaStreamHealthCheckOptions>? configure = null)
    {
        var services = new ServiceCollection().AddKeyedSingleton<IKafkaStreamHealth>("kafka", new Fixed(health));
        services.AddHealthChecks().AddKafkaStreams("kafka", configure);
        var provider = services.BuildServiceProvider();
        var registration = provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<HealthCheckServiceOptions>>().Value.Registrations.Single();
        return registration.Factory(provider).CheckHealthAsync(new HealthCheckContext { Registration = registration });
    }

    private sealed class Fixed(KafkaStreamHealth health) : IKafkaStreamHealth
    {
        public KafkaStreamHealth GetSnapshot() => health;
    }
}
