namespace Levee.Storage;

/// <summary>A grain's state as history leaves it.</summary>
/// <param name="Key">The grain's key.</param>
/// <param name="State">The window, serialised.</param>
/// <param name="Sequence">Transactions folded.</param>
public sealed record LoadedState(long Key, byte[] State, long Sequence);
