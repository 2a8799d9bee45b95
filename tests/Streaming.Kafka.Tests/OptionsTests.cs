using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Orleans.Configuration;
using Orleans.Streams;

namespace Levee.Streaming.Kafka.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void Defaults_with_brokers_group_and_topic_are_valid() => Validate(_ => { });

    [Theory]
    [InlineData(nameof(KafkaStreamOptions.BootstrapServers))]
    [InlineData(nameof(KafkaStreamOptions.GroupId))]
    [InlineData(nameof(KafkaStreamOptions.Topics))]
    [InlineData(nameof(KafkaStreamOptions.DeadLetterSuffix))]
    [InlineData(nameof(KafkaStreamOptions.WatermarkDelay))]
    [InlineData(nameof(KafkaStreamOptions.IdleAfter))]
    [InlineData(nameof(KafkaStreamOptions.CommitInterval))]
    [InlineData(nameof(KafkaStreamOptions.SessionTimeout))]
    [InlineData(nameof(KafkaStreamOptions.DrainTimeout))]
    [InlineData(nameof(KafkaStreamOptions.RedeliveryDelay))]
    [InlineData(nameof(KafkaStreamOptions.MaxRedeliveryDelay))]
    [InlineData(nameof(KafkaStreamOptions.PollInterval))]
    [InlineData(nameof(KafkaStreamOptions.FetchWait))]
    [InlineData(nameof(KafkaStreamOptions.StreamInactivityPeriod))]
    [InlineData(nameof(KafkaStreamOptions.MaxPartitionRecords))]
    [InlineData(nameof(KafkaStreamOptions.MaxPartitionSpan))]
    [InlineData(nameof(KafkaStreamOptions.MaxBatch))]
    [InlineData(nameof(KafkaStreamOptions.MaxDeliveryAttempts))]
    [InlineData(nameof(KafkaStreamOptions.MaxProducing))]
    [InlineData(nameof(KafkaStreamOptions.FailurePolicy))]
    [InlineData(nameof(KafkaStreamOptions.TruncatedLog))]
    public void A_wrong_value_is_refused_naming_property_and_provider(string property)
    {
        var exception = Assert.Throws<OrleansConfigurationException>(() => Validate(options =>
        {
            var info = typeof(KafkaStreamOptions).GetProperty(property)!;
            if (info.PropertyType == typeof(string))
            {
                info.SetValue(options, " ");
            }
            else if (info.PropertyType == typeof(int))
            {
                info.SetValue(options, -1);
            }
            else if (info.PropertyType == typeof(TimeSpan))
            {
                info.SetValue(options, TimeSpan.FromDays(-1));
            }
            else if (info.PropertyType.IsEnum)
            {
                info.SetValue(options, Enum.ToObject(info.PropertyType, 17));
            }
            else
            {
                options.Topics.Clear();
            }
        }));
        Assert.Contains(property, exception.Message, StringComparison.Ordinal);
        Assert.Contains("'kafka'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto.offset.reset", "latest")]
    [InlineData("enable.auto.commit", "true")]
    [InlineData("group.id", "other")]
    [InlineData("enable.idempotence", "false")]
    public void A_client_setting_that_the_guarantee_rests_on_is_refused(string name, string value)
    {
        var exception = Assert.Throws<OrleansConfigurationException>(() => Validate(o => o.ClientProperties[name] = value));
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hook_does_not_change_what_the_guarantee_rests_on()
    {
        var options = new KafkaStreamOptions
        {
            BootstrapServers = "a:1",
            GroupId = "group",
            ConfigureConsumer = c => (c.AutoOffsetReset, c.EnableAutoCommit, c.GroupId, c.EnablePartitionEof) = (AutoOffsetReset.Latest, true, "x", false),
            ConfigureProducer = c => c.EnableIdempotence = false,
        };

        var consumer = KafkaClientConfiguration.Consumer(options);

        Assert.Equal(AutoOffsetReset.Error, consumer.AutoOffsetReset);
        Assert.Equal((false, "group", true), (consumer.EnableAutoCommit, consumer.GroupId, consumer.EnablePartitionEof));
        Assert.True(KafkaClientConfiguration.Producer(options).EnableIdempotence);
    }

    [Fact]
    public void Letters_must_not_go_to_a_topic_that_is_read()
    {
        Assert.Throws<OrleansConfigurationException>(() => Validate(o => o.Topics[0].DeadLetterTopic = o.Topics[0].Name));
        Assert.Throws<OrleansConfigurationException>(() => Validate(o => o.AddTopic<OrderAdapter>(o.Topics[0].Name + o.DeadLetterSuffix)));
    }

    [Fact]
    public void A_topic_needs_an_adapter_and_may_be_named_once()
    {
        Assert.Throws<OrleansConfigurationException>(() => Validate(o => o.Topics.Add(new KafkaTopicOptions { Name = "other" })));
        Assert.Throws<OrleansConfigurationException>(() => Validate(o => o.Topics.Add(o.Topics[0])));
    }

    [Fact]
    public void A_namespace_needs_a_topic_and_a_writer_and_may_be_named_once()
    {
        Validate(o => o.AddNamespace<OrderWriter>("customers", "orders"));
        Assert.Throws<OrleansConfigurationException>(() => Validate(o => o.AddNamespace<OrderWriter>("customers", " ")));
        Assert.Throws<OrleansConfigurationException>(
            () => Validate(o => o.Namespaces.Add(new KafkaNamespaceOptions { Namespace = "customers", Topic = "orders" })));
        Assert.Throws<OrleansConfigurationException>(
            () => Validate(o => o.Namespaces.Add(o.AddNamespace<OrderWriter>("customers", "orders"))));
    }

    [Fact]
    public void Settings_of_the_agent_that_would_lose_records_are_refused()
    {
        Assert.Throws<OrleansConfigurationException>(() => Validate(_ => { }, new StreamPullingAgentOptions { BatchContainerBatchSize = 2 }));
        Assert.Throws<OrleansConfigurationException>(() => Validate(_ => { }, pubSub: StreamPubSubType.ExplicitGrainBasedAndImplicit));
    }

    [Fact]
    public void Options_bind_from_configuration_and_adapters_are_added_in_code()
    {
        const string Json = """
            { "BootstrapServers": "a:1,b:2", "GroupId": "g", "CommitInterval": "00:00:00.5", "MaxBatch": 7, "TruncatedLog": "GoOn",
              "Topics": [ { "Name": "orders", "DeadLetterTopic": "bad-orders" } ], "ClientProperties": { "security.protocol": "SSL" },
              "FailurePolicy": "DeadLetter", "Namespaces": [ { "Namespace": "customers", "Topic": "old", "Partitioning": "KeyModulo" } ] }
            """;
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Json));
        var options = new KafkaStreamOptions();
        new ConfigurationBuilder().AddJsonStream(stream).Build().Bind(options);
        options.AddTopic<OrderAdapter>("orders");
        var target = options.AddNamespace<OrderWriter>("customers", "orders");

        Assert.Same(target, Assert.Single(options.Namespaces));
        Assert.Equal(("orders", KafkaPartitioning.KeyModulo), (target.Topic, target.Partitioning));
        Assert.Equal(DeliveryFailurePolicy.DeadLetter, options.FailurePolicy);
        var topic = Assert.Single(options.Topics);
        Assert.Equal("bad-orders", topic.DeadLetterTopic);
        Assert.NotNull(topic.Adapter);
        Assert.Equal(("a:1,b:2", "g", 7), (options.BootstrapServers, options.GroupId, options.MaxBatch));
        Assert.Equal((TimeSpan.FromSeconds(0.5), TruncatedLogPolicy.GoOn), (options.CommitInterval, options.TruncatedLog));
        Assert.Equal("SSL", options.ClientProperties["security.protocol"]);
        Assert.Equal("Ssl", KafkaClientConfiguration.Consumer(options).SecurityProtocol.ToString());
    }

    private static void Validate(
        Action<KafkaStreamOptions> change,
        StreamPullingAgentOptions? agent = null,
        StreamPubSubType pubSub = StreamPubSubType.ImplicitOnly)
    {
        var options = new KafkaStreamOptions { BootstrapServers = "localhost:9092", GroupId = "group" };
        options.AddTopic<OrderAdapter>("orders");
        change(options);
        new KafkaStreamOptionsValidator(
            "kafka", options, agent ?? new StreamPullingAgentOptions(), new StreamPubSubOptions { PubSubType = pubSub }).ValidateConfiguration();
    }
}
