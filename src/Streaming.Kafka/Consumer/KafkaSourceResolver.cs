using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Streaming.Kafka;

/// <summary>
/// Names the log behind a topic: the cluster's id and, where brokers have them, the topic's id, which changes when a topic is deleted
/// and created again under the same name.
/// </summary>
internal sealed class KafkaSourceResolver(KafkaStreamOptions options, ILogger logger)
{
    private const string UnknownCluster = "unknown-cluster";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>The id of a topic's source.</summary>
    /// <param name="handle">A client of the cluster.</param>
    /// <param name="topic">Name of the topic.</param>
    /// <exception cref="KafkaException">The cluster did not answer.</exception>
    public async Task<string> GetSourceIdAsync(Handle handle, string topic)
    {
        if (options.SourceId is { } configured)
        {
            return configured;
        }

        using var admin = new DependentAdminClientBuilder(handle).Build();
        var cluster = await GetClusterIdAsync(admin);
        var topicId = await GetTopicIdAsync(admin, topic);
        return topicId is null ? cluster : $"{cluster}/{topicId}";
    }

    private static bool IsUnsupported(ErrorCode code) => code is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion;

    private async Task<string> GetClusterIdAsync(IAdminClient admin)
    {
        try
        {
            var cluster = await admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = Timeout });
            return string.IsNullOrEmpty(cluster.ClusterId) ? UnknownCluster : cluster.ClusterId;
        }
        catch (KafkaException exception) when (IsUnsupported(exception.Error.Code))
        {
            Log.ClusterIdUnknown(logger);
            return UnknownCluster;
        }
    }

    private static async Task<string?> GetTopicIdAsync(IAdminClient admin, string topic)
    {
        try
        {
            var result = await admin.DescribeTopicsAsync(
                TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = Timeout });
            var description = result.TopicDescriptions[0];
            if (description.Error is { IsError: true } error)
            {
                throw new KafkaException(error);
            }

            var id = description.TopicId;
            return id is null || (id.MostSignificantBits == 0 && id.LeastSignificantBits == 0) ? null : id.ToString();
        }
        catch (KafkaException exception) when (IsUnsupported(exception.Error.Code))
        {
            return null;
        }
    }
}
