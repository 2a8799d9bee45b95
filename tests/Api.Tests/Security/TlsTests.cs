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

        // As a silo builds its server.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(Settings("tls.crt", "tls.key"));
        var certificate = TlsCertificate.Load(builder.Configuration);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(0, certificate));
        builder.Services.AddRouting();
        builder.Services.AddSingleton<IGrainFactory>(DispatchProxy.Create<IGrainFactory, NeverAsked>());
        builder.AddLeveeApi();
        await using var app = builder.Build();
        app.MapLeveeApi();
        await app.StartAsync();
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
