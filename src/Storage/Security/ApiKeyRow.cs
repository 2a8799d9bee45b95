namespace Levee.Storage;

/// <summary>An API key as it is stored, without the key.</summary>
/// <param name="KeyId">Tells keys of one name apart.</param>
/// <param name="Name">Whose it is, such as "checkout".</param>
/// <param name="Hash">SHA-256 of the key's text, 32 bytes.</param>
/// <param name="Roles">score, label, operate or admin; one or more.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it is refused; null for never.</param>
/// <param name="RevokedAt">When it was revoked; null while it is not.</param>
/// <param name="ReplacedAt">When a rotation gave its name to another key; null for a current one.</param>
public sealed record ApiKeyRow(
    Guid KeyId,
    string Name,
    byte[] Hash,
    IReadOnlyList<string> Roles,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt,
    DateTimeOffset? ReplacedAt);
