using Levee.Api.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Levee.Api.Tests.Security;

public sealed class CallerLimitsTests
{
    [Fact]
    public void Who_waits_as_long_as_told_has_the_tokens_of_the_rows_and_of_the_request()
    {
        using var limits = Limits(requestsPerSecond: 10, burst: 10);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(limits.TryTake("anna", out _));
        }

        // Nine further rows at ten a second, and one for the request that comes again.
        Assert.False(limits.TryTakeRows("anna", 9, out var wait));
        Assert.InRange(wait, TimeSpan.FromSeconds(0.95), TimeSpan.FromSeconds(1.05));
    }

    [Fact]
    public void A_batch_takes_the_whole_bucket_at_most_also_where_the_rate_makes_it_larger()
    {
        using var limits = Limits(requestsPerSecond: 1_000, burst: 10);

        // A fifth of a second's tokens.
        Assert.True(limits.TryTake("anna", out _));
        Assert.True(limits.TryTakeRows("anna", 9_999, out _));
        Assert.False(limits.TryTakeRows("anna", 150, out _));
    }

    [Fact]
    public void A_caller_of_a_token_has_a_rate_of_its_own_as_well()
    {
        var web = WebApplication.CreateBuilder();
        web.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Levee:Security:RateLimit:Callers:checkout"] = "7",
            ["Levee:Security:RateLimit:Callers:jwt:svc-1@bank"] = "5",
            ["Levee:Security:RateLimit:Callers:jwt:urn:bank:svc"] = "3",
        });
        web.AddLeveeApi();
        using var services = web.Services.BuildServiceProvider();

        var callers = services.GetRequiredService<IOptions<SecurityOptions>>().Value.RateLimit.Callers;

        Assert.Equal([("checkout", 7), ("jwt:svc-1@bank", 5), ("jwt:urn:bank:svc", 3)], callers.Select(caller => (caller.Key, caller.Value)).Order());
    }

    [Fact]
    public void A_rate_that_is_no_number_is_named()
    {
        var web = WebApplication.CreateBuilder();
        web.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Levee:Security:RateLimit:Callers:jwt:anna"] = "many" });
        web.AddLeveeApi();
        using var services = web.Services.BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<IOptions<SecurityOptions>>().Value);
        Assert.Contains("Levee:Security:RateLimit:Callers:jwt:anna", error.Message, StringComparison.Ordinal);
    }

    private static CallerLimits Limits(int requestsPerSecond, int burst) => new(Options.Create(
        new SecurityOptions { RateLimit = { RequestsPerSecond = requestsPerSecond, Burst = burst } }));
}
