using Levee.Integration.Harness;

namespace Levee.Integration;

/// <summary>
/// Tests that mostly wait, for outages to pass, for what was killed to go on or for a model: they run beside the others, one after another.
/// </summary>
[CollectionDefinition(Name)]
public sealed class FaultsCollection : ICollectionFixture<SystemFixture>
{
    public const string Name = "faults";
}
