using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Levee.Api.Security;

/// <summary>TLS of the API's port: <c>Levee:Tls:Certificate</c> and <c>Levee:Tls:Key</c> are the paths of PEM files.</summary>
public static class TlsCertificate
{
    private const string CertificateKey = "Levee:Tls:Certificate";
    private const string PrivateKey = "Levee:Tls:Key";

    /// <summary>
    /// Reads the certificate, followed by those of the file that its issuers signed for one another, which clients are sent too; null when none is
    /// configured, and the port speaks HTTP.
    /// </summary>
    /// <param name="configuration">Holds the two paths.</param>
    /// <exception cref="OptionsValidationException">One path is missing, or the files are no certificate with its key.</exception>
    public static X509Certificate2Collection? Load(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var (certificate, key) = (configuration[CertificateKey], configuration[PrivateKey]);
        if (string.IsNullOrWhiteSpace(certificate) && string.IsNullOrWhiteSpace(key))
        {
            return null;
        }

        if (string.IsNullOrWhiteSpace(certificate) || string.IsNullOrWhiteSpace(key))
        {
            throw Wrong($"{CertificateKey} and {PrivateKey} must be set both.");
        }

        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificate);
            chain[0].Dispose();
            chain[0] = X509Certificate2.CreateFromPemFile(certificate, key);
            return chain;
        }
        catch (Exception exception) when (exception
            is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw Wrong($"{CertificateKey} and {PrivateKey} must be PEM files of a certificate and its key: {exception.Message}");
        }
    }

    /// <summary>Listens on every address, with TLS when there is a certificate.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="port">The port; 0 for any free one.</param>
    /// <param name="certificate">What <see cref="Load"/> has read.</param>
    public static void Listen(this KestrelServerOptions kestrel, int port, X509Certificate2Collection? certificate)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        kestrel.ListenAnyIP(port, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(https => (https.ServerCertificate, https.ServerCertificateChain) = (certificate[0], certificate));
            }
        });
    }

    private static OptionsValidationException Wrong(string message) => new("Levee:Tls", typeof(TlsCertificate), [message]);
}
