namespace Levee.Client;

/// <summary>Why a version's stage is changed.</summary>
internal sealed record StageReason(string? Reason);
