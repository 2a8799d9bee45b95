namespace Levee.Simulation.Tests.Cli;

/// <summary>A topic of an <see cref="AdminBroker"/>.</summary>
internal sealed class AdminTopic
{
    public required int Partitions { get; set; }

    public required int Replicas { get; init; }

    public required Dictionary<string, string> Config { get; init; }
}
