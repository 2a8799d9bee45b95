using Levee.Storage;

namespace Levee.Parity.Tests;

/// <summary>What a grain has in memory.</summary>
internal sealed class Held<TWindow>(TWindow window, OffsetVector offsets, long version)
{
    public TWindow Window { get; } = window;

    public OffsetVector Offsets { get; } = offsets;

    public long Version { get; set; } = version;
}
