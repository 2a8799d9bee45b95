namespace Levee.Api.Security;

/// <summary>Bearer tokens of an OpenID Connect issuer; its signing keys are found through its discovery document.</summary>
public sealed class JwtOptions
{
    /// <summary>The issuer's address, such as https://login.example/realms/bank. Empty, the default: tokens are refused.</summary>
    public string Authority { get; set; } = "";

    /// <summary>The audience that a token must name. Required with an authority.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The claim with the roles: a list, or names separated by spaces. Defaults to roles.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>Whether the authority must be https. Defaults to true; false is for tests.</summary>
    public bool RequireHttps { get; set; } = true;
}
