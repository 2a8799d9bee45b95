using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Levee.Cli.Kafka;
using Levee.Grains.Topics;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Cli.Topics;

/// <summary>Reads and changes the topics of a cluster.</summary>
internal sealed class TopicAdmin(string servers) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly IAdminClient _admin = KafkaClients.Admin(servers);

    /// <summary>What the cluster has of the topics.</summary>
    /// <exception cref="CliException">No broker answers.</exception>
    public async Task<ClusterState> ReadAsync(IEnumerable<WantedTopic> wanted, CancellationToken cancellationToken)
    {
        try
        {
            // All topics are asked for: asking for one by name may create it.
            var metadata = await Task.Run(() => _admin.GetMetadata(Timeout), cancellationToken);
            var found = metadata.Topics.Where(t => !t.Error.IsError && wanted.Any(w => w.Name == t.Topic)).ToList();
            var config = await ReadConfigAsync(found.Select(t => t.Topic));
            return new ClusterState(metadata.Brokers.Count, config is not null, found.ToDictionary(t => t.Topic, t => new TopicState(
                t.Partitions.Count, t.Partitions.Select(p => p.Replicas.Length).DefaultIfEmpty(0).Min(), config?[t.Topic])));
        }
        catch (KafkaException exception)
        {
            throw NoAnswer(exception);
        }
    }

    /// <summary>Creates topics; one that exists meanwhile is left as it is.</summary>
    public Task CreateAsync(IReadOnlyCollection<WantedTopic> topics) => ChangeAsync("create topics", topics, () => _admin.CreateTopicsAsync(
        topics.Select(topic => new TopicSpecification
        {
            Name = topic.Name,
            NumPartitions = topic.Partitions,
            ReplicationFactor = (short)topic.ReplicationFactor,
            Configs = topic.Config.ToDictionary(),
        }),
        new CreateTopicsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout }));

    /// <summary>Sets the settings that differ; others stay as they are.</summary>
    public Task AlterAsync(IReadOnlyCollection<TopicDifference> differences) => ChangeAsync(
        "alter topics",
        differences,
        () => _admin.IncrementalAlterConfigsAsync(
            differences.GroupBy(difference => difference.Topic.Name).ToDictionary(Resource, group => group
                .Select(d => new ConfigEntry { Name = d.Setting, Value = d.Wanted, IncrementalOperation = AlterConfigOpType.Set }).ToList()),
            new IncrementalAlterConfigsOptions { RequestTimeout = Timeout }));

    /// <summary>Raises numbers of partitions.</summary>
    public Task AddPartitionsAsync(IReadOnlyCollection<WantedTopic> topics) => ChangeAsync("add partitions", topics, () => _admin.CreatePartitionsAsync(
        topics.Select(topic => new PartitionsSpecification { Topic = topic.Name, IncreaseTo = topic.Partitions }),
        new CreatePartitionsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout }));

    public void Dispose() => _admin.Dispose();

    private static ConfigResource Resource(IGrouping<string, TopicDifference> group) => new() { Type = ResourceType.Topic, Name = group.Key };

    // Null when the brokers do not speak this part of the protocol: the embedded one does not.
    private async Task<Dictionary<string, Dictionary<string, string>>?> ReadConfigAsync(IEnumerable<string> topics)
    {
        var resources = topics.Select(topic => new ConfigResource { Type = ResourceType.Topic, Name = topic }).ToList();
        if (resources.Count == 0)
        {
            return [];
        }

        try
        {
            var described = await _admin.DescribeConfigsAsync(resources, new DescribeConfigsOptions { RequestTimeout = Timeout });
            return described.ToDictionary(d => d.ConfigResource.Name, d => d.Entries.ToDictionary(e => e.Key, e => e.Value.Value ?? ""));
        }
        catch (KafkaException exception) when (IsUnsupported(exception))
        {
            return null;
        }
        catch (DescribeConfigsException exception)
        {
            var refused = exception.Results.Where(r => r.Error.IsError).Select(r => $"{r.ConfigResource.Name}: {r.Error.Reason}");
            throw new CliException($"The brokers at {servers} do not tell the settings of topics: {string.Join("; ", refused)}.", exception)
            {
                Code = ExitCodes.NoAnswer,
            };
        }
    }

    private async Task ChangeAsync<T>(string what, IReadOnlyCollection<T> items, Func<Task> change)
    {
        if (items.Count == 0)
        {
            return;
        }

        try
        {
            await change();
        }
        catch (KafkaException exception) when (IsUnsupported(exception))
        {
            throw new CliException($"The brokers at {servers} cannot {what} for a client; an embedded broker cannot.", exception);
        }
        catch (KafkaException exception)
        {
            var refused = Refusals(exception).Where(r => r.Error.IsError && r.Error.Code != ErrorCode.TopicAlreadyExists).ToList();
            if (refused.Count > 0)
            {
                throw new CliException(
                    $"The brokers at {servers} refused to {what}: {string.Join("; ", refused.Select(r => $"{r.Topic}: {r.Error.Reason}"))}.", exception);
            }
        }
    }

    private static IEnumerable<(string Topic, Error Error)> Refusals(KafkaException exception) => exception switch
    {
        CreateTopicsException e => e.Results.Select(r => (r.Topic, r.Error)),
        CreatePartitionsException e => e.Results.Select(r => (r.Topic, r.Error)),
        IncrementalAlterConfigsException e => e.Results.Select(r => (r.ConfigResource.Name, r.Error)),
        _ => [("request", exception.Error)],
    };

    private static bool IsUnsupported(KafkaException exception) =>
        exception.Error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion;

    private CliException NoAnswer(KafkaException exception) =>
        new($"No Kafka broker answers at {servers}: {exception.Error.Reason}.", exception) { Code = ExitCodes.NoAnswer };
}
