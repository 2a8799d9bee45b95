using System.Security.Claims;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Levee.Api.Security;

/// <summary>Checks bearer tokens against the issuer's signing keys, which are kept and read again when the issuer changes them.</summary>
internal sealed class JwtCallers : IDisposable
{
    private const string Discovery = "/.well-known/openid-configuration";
    private const string Prefix = "jwt:";
    private const int MaxNameLength = 80;
    private const int MaxTokenBytes = 16 * 1024;

    private static readonly string[] Types = ["JWT", "at+jwt", "application/at+jwt"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly JwtOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http = new() { Timeout = Patience };
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxTokenBytes };
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? _issuer;
    private readonly TokenValidationParameters _parameters;

    public JwtCallers(IOptions<SecurityOptions> options, TimeProvider time)
    {
        _options = options.Value.Jwt;
        _time = time;
        if (_options.Authority.Length > 0)
        {
            _issuer = new ConfigurationManager<OpenIdConnectConfiguration>(
                _options.Authority.TrimEnd('/') + Discovery,
                new OpenIdConnectConfigurationRetriever(),
                new HttpDocumentRetriever(_http) { RequireHttps = _options.RequireHttps });
        }

        _parameters = new TokenValidationParameters
        {
            ConfigurationManager = _issuer,
            ValidAudience = _options.Audience,
            ClockSkew = ClockSkew,
            TypeValidator = (type, _, _) => CheckType(type),

            // An issuer's public keys verify; a shared secret has no place here.
            ValidAlgorithms =
            [
                SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
                SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
                SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
            ],
        };
    }

    /// <summary>Whose token it is; null when it is not valid, or when tokens are not configured.</summary>
    /// <exception cref="InvalidOperationException">The issuer does not answer.</exception>
    /// <exception cref="TimeoutException">It does not answer in time.</exception>
    public async Task<Caller?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (_issuer is null)
        {
            return null;
        }

        // Not the validation's own business alone: it would call a token invalid whose issuer cannot be asked.
        // A call that is given up leaves the queue of those who wait for the first answer, too.
        using var patience = new CancellationTokenSource(Patience, _time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        OpenIdConnectConfiguration found;
        try
        {
            found = await _issuer.GetConfigurationAsync(giveUp.Token).WaitAsync(giveUp.Token);
        }
        catch (OperationCanceledException exception) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The issuer of tokens does not answer.", exception);
        }

        var parameters = _parameters.Clone();
        parameters.ValidIssuer = found.Issuer;
        var result = await _handler.ValidateTokenAsync(token, parameters);
        return result.IsValid ? Read(result.ClaimsIdentity) : null;
    }

    public void Dispose() => _http.Dispose();

    // Some issuers name no type (RFC 7519, 5.1: it is optional); what names another one is not for asking, such as a logout token.
    private static string CheckType(string? type) =>
        string.IsNullOrEmpty(type) ? Types[0]
        : Types.Contains(type, StringComparer.OrdinalIgnoreCase) ? type
        : throw new SecurityTokenInvalidTypeException($"Tokens of type {type} are not taken.");

    private Caller Read(ClaimsIdentity identity)
    {
        var roles = identity.FindAll(_options.RoleClaim).SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var subject = identity.FindFirst("sub")?.Value ?? identity.FindFirst("client_id")?.Value ?? "";
        return new Caller(Prefix + Clean(subject), RoleNames.Read(roles), ExpiresAt: null);
    }

    // It goes into logs and the history of stages: no line ends, no markup, no end.
    private static string Clean(string subject) => string.Concat(
        subject.Take(MaxNameLength).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '@' or '|' or ':' ? c : '_'));
}
