namespace Levee.Api.Tests.Cluster;

/// <summary>Tests with an API of their own that run while no others do: the process's metrics belong to all of them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection : ICollectionFixture<ApiFixture>
{
    public const string Name = "alone";
}
