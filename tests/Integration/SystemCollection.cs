using Levee.Integration.Harness;

namespace Levee.Integration;

/// <summary>Tests of the whole system run one after another: each has silos of its own, and two cores.</summary>
[CollectionDefinition(Name)]
public sealed class SystemCollection : ICollectionFixture<SystemFixture>
{
    public const string Name = "system";
}
