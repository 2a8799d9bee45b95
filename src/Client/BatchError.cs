namespace Levee.Client;

/// <summary>Why a transaction of a batch has no prediction.</summary>
public sealed record BatchError
{
    /// <summary>400 when the transaction is at fault, 503 when it may be sent again.</summary>
    public required int Status { get; init; }

    /// <summary>What is the matter.</summary>
    public required string Title { get; init; }

    /// <summary>What was expected, by field; only with 400.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }
}
