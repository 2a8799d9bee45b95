using System.Globalization;

namespace Levee.Bench.Serving;

/// <summary>What the rounds of one target came to.</summary>
internal sealed class LoadFigures(LoadTarget target)
{
    public static readonly string[] Head =
    [
        "one transaction (median)", "transactions/s", "p50, ms", "p99, ms", "p99.9, ms", "CPU of the service, us", "CPU of PostgreSQL, us",
        "allocated, bytes", "not 200 / later than 2 s / connection lost",
    ];

    private readonly List<LoadSample> _samples = [];

    public LoadTarget Target => target;

    public long Failures => _samples.Sum(sample => sample.Wrk.Failures);

    public Measure Rate => Of("/s", sample => sample.Wrk.PerSecond * Math.Max(1, target.Rows));

    public Measure P50 => Of("ms", sample => sample.Wrk.P50Micros / 1000);

    public Measure P99 => Of("ms", sample => sample.Wrk.P99Micros / 1000);

    public Measure P999 => Of("ms", sample => sample.Wrk.P999Micros / 1000);

    public Measure ServerMicros => Of("us", sample => sample.ServerMicros);

    public Measure PostgresMicros => Of("us", sample => sample.PostgresMicros);

    public void Add(LoadSample sample)
    {
        _samples.Add(sample);
        var cost = string.Create(CultureInfo.InvariantCulture, $"{sample.ServerMicros:0.0} us, {sample.AllocatedBytes:N0} bytes");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{target.Name}: {Rate.Rounds[^1]:N0}/s, p99 {P99.Rounds[^1]:0.00} ms, {cost}, failed {Failed([sample])}"));
    }

    public string[] ToRow() =>
    [
        target.Name,
        Text(Rate, "N0"),
        Text(P50, "0.00"),
        Text(P99, "0.00"),
        Text(P999, "0.00"),
        Text(ServerMicros, "0.0"),
        Text(PostgresMicros, "0.0"),
        target.Servers.Any(server => server.Metrics is not null) ? Text(Of("bytes", sample => sample.AllocatedBytes), "N0") : "",
        Failed(_samples),
    ];

    // A later answer than after two seconds is what wrk calls a timeout; it waits for the answer all the same.
    private static string Failed(IReadOnlyCollection<LoadSample> samples) => string.Create(
        CultureInfo.InvariantCulture,
        $"{samples.Sum(sample => sample.Wrk.StatusErrors)} / {samples.Sum(sample => sample.Wrk.Timeouts)} / {samples.Sum(sample => sample.Wrk.SocketErrors)}");

    private static string Text(Measure measure, string format) => measure.Median.ToString(format, CultureInfo.InvariantCulture);

    private Measure Of(string unit, Func<LoadSample, double> figure) => new(unit, [.. _samples.Select(figure)]);
}
