using Levee.Features;

namespace Levee.Storage;

/// <summary>Labels that a merchant has not folded yet.</summary>
/// <param name="Histories">The complete history of each transaction concerned, its early label included.</param>
/// <param name="Labels">The rows that the merchant's commit marks as folded.</param>
public sealed record PendingLabels(IReadOnlyList<LabelHistory> Histories, IReadOnlyList<LabelKey> Labels)
{
    /// <summary>No labels.</summary>
    public static PendingLabels None { get; } = new([], []);
}
