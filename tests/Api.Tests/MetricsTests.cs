using System.Diagnostics.Metrics;
using System.Net;
using Levee.Api.Tests.Cluster;

namespace Levee.Api.Tests;

[Collection(AloneCollection.Name)]
public sealed class MetricsTests(ApiFixture api)
{
    [Fact]
    public async Task Predictions_are_counted_and_timed()
    {
        var before = await ScrapeAsync();
        await PredictAsync(1, 5);
        await PredictAsync(1, 5_000);
        await PredictAsync(1, -5);
        await PredictAsync(FakeSystem.CustomerWithoutModel, 5);
        var after = await ScrapeAsync();

        Assert.Equal(1, Grown("predictions_total{model_version=\"v1\",result=\"legit\"}"));
        Assert.Equal(1, Grown("predictions_total{model_version=\"v1\",result=\"fraud\"}"));
        Assert.Equal(1, Grown("predictions_total{model_version=\"none\",result=\"error\"}"));
        Assert.Equal(1, Grown("predict_rejected_total{status=\"400\"}"));
        Assert.Equal(2, Grown("prediction_latency_seconds_count"));
        Assert.Equal(
            ["0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.5", "1", "+Inf"],
            after.Keys.Where(k => k.StartsWith("prediction_latency_seconds_bucket", StringComparison.Ordinal)).Select(k => k.Split('"')[1]));

        double Grown(string series) => after[series] - before.GetValueOrDefault(series);
    }

    [Fact]
    public async Task Levees_own_meters_are_exposed_and_no_others()
    {
        using var own = new Meter("Levee.Tests");
        using var other = new Meter("Somebody.Else");
        var counter = own.CreateCounter<long>("dead_letters");
        var foreign = other.CreateCounter<long>("noise");
        await ScrapeAsync();
        counter.Add(3);
        foreign.Add(1);
        var series = await ScrapeAsync();

        Assert.Contains(series, s => s.Key.Contains("dead_letters", StringComparison.Ordinal) && s.Value == 3);
        Assert.DoesNotContain(series.Keys, k => k.Contains("somebody_else", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_live_heap_is_what_the_last_full_collection_left()
    {
        const long held = 64 << 20;
        GC.Collect();
        var before = (await ScrapeAsync())["levee_live_heap_bytes"];
        var block = new byte[held];
        GC.Collect();
        var with = (await ScrapeAsync())["levee_live_heap_bytes"];
        GC.KeepAlive(block);

        // What other tests of the process hold comes and goes meanwhile.
        Assert.InRange(with - before, held / 2, held * 3 / 2);
        Assert.InRange(with, held, (await ScrapeAsync())["levee_allocated_bytes_total"]);
    }

    [Fact]
    public async Task A_collection_adds_to_the_seconds_paused()
    {
        var before = (await ScrapeAsync())["levee_gc_pause_seconds_total"];
        GC.Collect();
        var after = (await ScrapeAsync())["levee_gc_pause_seconds_total"];

        Assert.InRange(after, before + 1e-6, GC.GetTotalPauseDuration().TotalSeconds);
    }

    private Task<Answer> PredictAsync(long customer, int amount) => Answer.PostAsync(
        api.Client, "/predict", $$"""{"customer_id":{{customer}},"merchant_id":7,"amount":{{amount}}}""");

    private async Task<Dictionary<string, double>> ScrapeAsync()
    {
        var answer = await Answer.GetAsync(api.Client, "/metrics");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body + string.Join("\n", api.Logs.Lines.TakeLast(3)));
        return answer.Body.Split('\n')
            .Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => (Line: l, Space: l.LastIndexOf(' ')))
            .ToDictionary(l => l.Line[..l.Space], l => double.Parse(l.Line[l.Space..], System.Globalization.CultureInfo.InvariantCulture));
    }
}
