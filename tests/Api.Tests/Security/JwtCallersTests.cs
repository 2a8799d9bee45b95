using System.Net;
using System.Net.Sockets;
using Levee.Api.Security;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Levee.Api.Tests.Security;

public sealed class JwtCallersTests
{
    private const int Callers = 30;

    [Fact]
    public async Task Callers_whose_issuer_does_not_answer_wait_beside_each_other()
    {
        // Takes connections and says nothing.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var time = new FakeTimeProvider();
        var options = new SecurityOptions
        {
            Jwt = { Authority = $"http://{listener.LocalEndpoint}", Audience = FakeIssuer.Audience, RequireHttps = false },
        };
        using var tokens = new JwtCallers(Options.Create(options), time);

        Task[] callers =
        [
            .. Enumerable.Range(0, Callers).Select(_ => Assert.ThrowsAsync<TimeoutException>(() => tokens.FindAsync("a.b.c", CancellationToken.None))),
        ];
        time.Advance(TimeSpan.FromSeconds(2));

        // One after the other they would take a minute.
        await Task.WhenAll(callers).WaitAsync(TimeSpan.FromSeconds(20));
    }
}
