namespace Levee.Cli.Topics;

/// <summary>What makes a difference go away.</summary>
internal enum TopicRemedy
{
    /// <summary>The topic is created.</summary>
    Create,

    /// <summary>A setting is altered.</summary>
    AlterConfig,

    /// <summary>Partitions are added, which moves keys: only when asked for.</summary>
    AddPartitions,

    /// <summary>Nothing that this program does: Kafka never lowers the number of partitions, and replicas are moved with Kafka's own tools.</summary>
    None,
}
