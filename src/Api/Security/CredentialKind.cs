namespace Levee.Api.Security;

/// <summary>How a caller says who it is.</summary>
internal enum CredentialKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By an API key.</summary>
    Key,

    /// <summary>By an issuer's JWT.</summary>
    Token,
}
