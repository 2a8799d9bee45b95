using System.Globalization;
using Levee.Api.Tests.Cluster;
using Levee.Testing.Fuzzing;

namespace Levee.Api.Tests;

[Collection(ApiCollection.Name)]
public sealed class FuzzTests(ApiFixture api)
{
    // The soak script asks for more.
    private static readonly int Requests =
        int.TryParse(Environment.GetEnvironmentVariable("LEVEE_FUZZ_REQUESTS"), CultureInfo.InvariantCulture, out var asked) ? asked : 10_000;

    [Fact]
    public async Task Ten_thousand_mangled_requests_get_no_5xx_no_silence_and_nothing_from_inside()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3 * Math.Max(1, Requests / 10_000)));
        var report = await FuzzRunner.RunAsync(
            api.Address, Requests, connections: 8, seed: 20260131, includeAdministration: true, limit.Token);

        await report.AppendAsync("every endpoint, before test grains");
        Assert.True(report.Faults.Count == 0, $"{report.Faults.Count} faults, such as\n" + string.Join("\n", report.Faults.Take(5)));
        Assert.Equal(Requests, report.Total);

        // The mutator must reach past the first check: some of each.
        foreach (var status in new[] { 200, 400, 404, 405, 413, 415, 422 })
        {
            Assert.True(report.Answers.ContainsKey(status), $"no request was answered with {status}");
        }
    }
}
