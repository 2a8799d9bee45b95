namespace Levee.Api.Tests.Cluster;

/// <summary>Tests that share one running API.</summary>
[CollectionDefinition(Name)]
public sealed class ApiCollection : ICollectionFixture<ApiFixture>
{
    public const string Name = "api";
}
