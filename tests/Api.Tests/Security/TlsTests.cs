using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Levee.Api.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Levee.Api.Tests.Security;

public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("levee-tls").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_port_speaks_TLS_with_the_configured_certificate()
    {
        var thumbprint = WriteCertificate();

        await using var app = await StartAsync();
        var shown = "";
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, seen, _, _) =>
                {
                    shown = seen?.GetCertHashString() ?? "";
                    return true;
                },
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri($"https://localhost:{new Uri(app.Urls.First()).Port}") };

        var answer = await Answer.GetAsync(client, "/health/live");

        answer.Ok();
        Assert.Equal(thumbprint, shown);
        Assert.Equal("max-age=31536000", Assert.Single(answer.Response.Headers.GetValues("Strict-Transport-Security")));
    }

    [Fact]
    public async Task Issuers_in_the_certificates_file_are_sent_too()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var root = Issuer("CN=root").CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        using var issuerKey = RSA.Create(2048);
        using var issuer = Issuer("CN=issuer", issuerKey).Create(root, now.AddDays(-1), now.AddDays(1), [1]).CopyWithPrivateKey(issuerKey);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(issuer, now.AddDays(-1), now.AddHours(1), [2]);
        File.WriteAllText(Path.Combine(_folder, "tls.crt"), leaf.ExportCertificatePem() + "\n" + issuer.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "tls.key"), key.ExportPkcs8PrivateKeyPem());
        await using var app = await StartAsync();
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { root },
                    RevocationMode = X509RevocationMode.NoCheck,
                    DisableCertificateDownloads = true,
                },
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri($"https://localhost:{new Uri(app.Urls.First()).Port}") };

        (await Answer.GetAsync(client, "/health/live")).Ok();
    }

    [Theory]
    [InlineData("tls.crt", "", "must be set both")]
    [InlineData("nowhere.crt", "tls.key", "must be PEM files")]
    [InlineData("tls.key", "tls.crt", "must be PEM files")]
    public void Wrong_files_are_refused_by_name(string certificate, string key, string message)
    {
        WriteCertificate();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Settings(certificate, key)).Build();

        var refusal = Assert.Throws<OptionsValidationException>(() => TlsCertificate.Load(configuration));

        Assert.Contains("Levee:Tls:Certificate", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    private Dictionary<string, string?> Settings(string certificate, string key) => new()
    {
        ["Levee:Tls:Certificate"] = Path.Combine(_folder, certificate),
        ["Levee:Tls:Key"] = key.Length == 0 ? "" : Path.Combine(_folder, key),
    };

    // As a silo builds its server.
    private async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(Settings("tls.crt", "tls.key"));
        var certificate = TlsCertificate.Load(builder.Configuration);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(0, certificate));
        builder.Services.AddRouting();
        builder.Services.AddSingleton<IGrainFactory>(DispatchProxy.Create<IGrainFactory, NeverAsked>());
        builder.AddLeveeApi();
        var app = builder.Build();
        app.MapLeveeApi();
        await app.StartAsync();
        return app;
    }

    private static CertificateRequest Issuer(string name, RSA? key = null)
    {
        var request = new CertificateRequest(name, key ?? RSA.Create(2048), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request;
    }

    private string WriteCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(_folder, "tls.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "tls.key"), key.ExportPkcs8PrivateKeyPem());
        return certificate.Thumbprint;
    }

    public class NeverAsked : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new NotSupportedException();
    }
}
