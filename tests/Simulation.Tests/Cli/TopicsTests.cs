using Levee.Cli;
using Levee.Embedded;

namespace Levee.Simulation.Tests.Cli;

public sealed class TopicsTests
{
    private static readonly string[] Names = ["transactions", "transactions.dead-letter", "labels", "labels.dead-letter", "fraud-scores"];

    [Fact]
    public async Task What_is_missing_is_created_as_configured()
    {
        using var broker = new AdminBroker(brokers: 3);

        var before = await Run.Of("topics", "check", "-b", broker.Servers);
        var dry = await Run.Of("topics", "apply", "-b", broker.Servers, "--dry-run");
        Assert.Empty(broker.Topics);
        var apply = await Run.Of("topics", "apply", "-b", broker.Servers, "--config", "min.insync.replicas=2");

        Assert.Equal((ExitCodes.Failure, ""), (before.Code, before.Error));
        Assert.Matches(@"fraud-scores\s+topic\s+12 partitions, 3 replicas, .*missing\s+levee topics apply", before.Output);
        Assert.Contains("Would create labels.dead-letter", dry.Output, StringComparison.Ordinal);
        Assert.Equal((ExitCodes.Success, ""), (apply.Code, apply.Error));
        Assert.Equal(Names.Order(), broker.Topics.Keys.Order());
        Assert.All(broker.Topics.Values, topic => Assert.Equal((12, 3), (topic.Partitions, topic.Replicas)));
        Assert.All(broker.Topics.Values, topic => Assert.Equal(("zstd", "2"), (topic.Config["compression.type"], topic.Config["min.insync.replicas"])));
        Assert.Equal("604800000", broker.Topics["labels"].Config["retention.ms"]);
        Assert.Equal("2592000000", broker.Topics["labels.dead-letter"].Config["retention.ms"]);
        Assert.Equal(ExitCodes.Success, (await Run.Of("topics", "check", "-b", broker.Servers)).Code);
    }

    [Fact]
    public async Task What_differs_is_altered_and_the_rest_stays()
    {
        using var broker = new AdminBroker(brokers: 3);
        await Run.Of("topics", "apply", "-b", broker.Servers);
        broker.Topics["transactions"].Config["retention.ms"] = "1000";
        broker.Topics["transactions"].Config["segment.ms"] = "5";

        var check = await Run.Of("topics", "check", "-b", broker.Servers);
        var apply = await Run.Of("topics", "apply", "-b", broker.Servers);

        Assert.Equal(ExitCodes.Failure, check.Code);
        Assert.Matches(@"transactions\s+retention\.ms\s+604800000\s+1000\s+levee topics apply", check.Output);
        Assert.Equal((ExitCodes.Success, ""), (apply.Code, apply.Error));
        Assert.Contains("Set transactions: retention.ms=604800000, not 1000", apply.Output, StringComparison.Ordinal);
        Assert.Equal(("604800000", "5"), (broker.Topics["transactions"].Config["retention.ms"], broker.Topics["transactions"].Config["segment.ms"]));
    }

    [Fact]
    public async Task Partitions_are_added_when_asked_for_and_never_taken()
    {
        using var broker = new AdminBroker(brokers: 3);
        await Run.Of("topics", "apply", "-b", broker.Servers, "--partitions", "6");

        var refused = await Run.Of("topics", "apply", "-b", broker.Servers);
        Assert.Equal(ExitCodes.Failure, refused.Code);
        Assert.Contains("--add-partitions only", refused.Output, StringComparison.Ordinal);
        Assert.Contains("a key may move", refused.Output, StringComparison.Ordinal);
        Assert.All(broker.Topics.Values, topic => Assert.Equal(6, topic.Partitions));

        var added = await Run.Of("topics", "apply", "-b", broker.Servers, "--add-partitions");
        Assert.Equal(ExitCodes.Success, added.Code);
        Assert.All(broker.Topics.Values, topic => Assert.Equal(12, topic.Partitions));

        var lower = await Run.Of("topics", "apply", "-b", broker.Servers, "--partitions", "6", "--add-partitions");
        Assert.Equal(ExitCodes.Failure, lower.Code);
        Assert.Contains("never lowers", lower.Output, StringComparison.Ordinal);
        Assert.All(broker.Topics.Values, topic => Assert.Equal(12, topic.Partitions));
    }

    [Fact]
    public async Task Too_few_brokers_are_said_so_before_anything_is_done()
    {
        using var broker = new AdminBroker(brokers: 1);

        var apply = await Run.Of("topics", "apply", "-b", broker.Servers);

        Assert.Equal(ExitCodes.Failure, apply.Code);
        Assert.Contains("The cluster has 1 of the 3 brokers", apply.Error, StringComparison.Ordinal);
        Assert.Contains("Levee:Kafka:Topics:ReplicationFactor", apply.Error, StringComparison.Ordinal);
        Assert.Empty(broker.Topics);
        Assert.Equal(ExitCodes.Success, (await Run.Of("topics", "apply", "-b", broker.Servers, "--replication", "1")).Code);
    }

    [Fact]
    public async Task What_the_brokers_refuse_is_named()
    {
        using var broker = new AdminBroker(brokers: 3) { RefusesTopic = "labels" };

        var apply = await Run.Of("topics", "apply", "-b", broker.Servers);

        Assert.Equal(ExitCodes.Failure, apply.Code);
        Assert.Contains("refused to create topics: labels: not this one", apply.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_embedded_broker_is_compared_by_its_metadata()
    {
        using var kafka = EmbeddedKafka.Start();
        foreach (var name in Names)
        {
            kafka.CreateTopic(name, name == "labels" ? 4 : 12);
        }

        var check = await Run.Of("topics", "check", "-b", kafka.BootstrapServers, "--replication", "1");
        var same = await Run.Of("topics", "check", "-b", kafka.BootstrapServers, "--replication", "1", "--partitions", "12");
        var add = await Run.Of("topics", "apply", "-b", kafka.BootstrapServers, "--replication", "1", "--add-partitions");

        Assert.Equal(ExitCodes.Failure, check.Code);
        Assert.Matches(@"labels\s+partitions\s+12\s+4\s", check.Output);
        Assert.Contains("only partitions and replicas were compared", check.Output, StringComparison.Ordinal);
        Assert.Equal(check.Output, same.Output);
        Assert.Equal(ExitCodes.Failure, add.Code);
        Assert.Contains("cannot add partitions for a client; an embedded broker cannot", add.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("apply")]
    public async Task Nobody_there_is_exit_code_2(string command)
    {
        var run = await Run.Of("topics", command, "-b", "127.0.0.1:1");

        Assert.Equal(ExitCodes.NoAnswer, run.Code);
        Assert.Contains("No Kafka broker answers at 127.0.0.1:1", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Levee:Kafka:Topics:CompressionType", "--compression", "zip")]
    [InlineData("Levee:Kafka:Topics:Config must not have retention.ms", "--config", "retention.ms=5")]
    [InlineData("min.insync.replicas", "--config", "min.insync.replicas")]
    [InlineData("--partitions", "--partitions", "0")]
    public async Task A_wrong_setting_is_named(string named, params string[] arguments)
    {
        var run = await Run.Of(["topics", "check", "-b", "127.0.0.1:1", .. arguments]);

        Assert.Equal(ExitCodes.Usage, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
    }
}
