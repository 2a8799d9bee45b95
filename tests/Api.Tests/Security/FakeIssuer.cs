using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Levee.Api.Tests.Security;

/// <summary>An OpenID Connect issuer: a discovery document, its signing key, and tokens.</summary>
public sealed class FakeIssuer : IAsyncDisposable
{
    public const string Audience = "levee";

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly WebApplication _app;

    private FakeIssuer(WebApplication app) => _app = app;

    public string Authority => _app.Urls.First();

    public static async Task<FakeIssuer> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var issuer = new FakeIssuer(builder.Build());
        issuer._app.MapGet("/.well-known/openid-configuration", () => TypedResults.Json(
            new Dictionary<string, string> { ["issuer"] = issuer.Authority, ["jwks_uri"] = issuer.Authority + "/keys" }));
        issuer._app.MapGet("/keys", () =>
        {
            var key = issuer._rsa.ExportParameters(includePrivateParameters: false);
            var jwk = new Dictionary<string, string>
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["kid"] = "1",
                ["n"] = Base64UrlEncoder.Encode(key.Modulus),
                ["e"] = Base64UrlEncoder.Encode(key.Exponent),
            };
            return TypedResults.Json(new Dictionary<string, Dictionary<string, string>[]> { ["keys"] = [jwk] });
        });
        await issuer._app.StartAsync();
        return issuer;
    }

    /// <summary>A token that the issuer signs, or another key when given.</summary>
    public string Sign(DateTimeOffset expires, string audience = Audience, RSA? with = null, params string[] roles)
    {
        var claims = roles.Select(role => new Claim("roles", role)).Append(new Claim("sub", "anna\n@bank"));
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Authority,
            Audience = audience,
            NotBefore = expires.UtcDateTime - TimeSpan.FromDays(1),
            IssuedAt = expires.UtcDateTime - TimeSpan.FromDays(1),
            Expires = expires.UtcDateTime,
            Subject = new ClaimsIdentity(claims),
            SigningCredentials = new SigningCredentials(new RsaSecurityKey(with ?? _rsa) { KeyId = "1" }, SecurityAlgorithms.RsaSha256),
        });
    }

    /// <summary>The same token with another type in its header, or none.</summary>
    public string Retype(string token, string? type)
    {
        var header = new Dictionary<string, string> { ["alg"] = SecurityAlgorithms.RsaSha256, ["kid"] = "1" };
        if (type is not null)
        {
            header["typ"] = type;
        }

        var signed = $"{Base64UrlEncoder.Encode(JsonSerializer.Serialize(header))}.{token.Split('.')[1]}";
        var signature = _rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64UrlEncoder.Encode(signature)}";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
    }
}
