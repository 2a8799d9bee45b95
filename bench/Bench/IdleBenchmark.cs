using System.Diagnostics;
using System.Globalization;
using Levee.Features;

namespace Levee.Bench;

/// <summary>
/// What it costs that a customer's grain is made, or read again after it was idle, and whether idle ones leave memory: 100,000 customers with a
/// transaction each, four times.
/// </summary>
internal sealed class IdleBenchmark(BenchArguments arguments) : IBenchmark
{
    private const int Customers = 100_000;
    private const int WarmUps = 4;
    private const int IdleMinutes = 2;

    // A customer is called once more, a minute or two after its last transaction, to close the minute; and Orleans, which looks for idle grains once
    // a minute, rounds their time up to the next.
    private static readonly TimeSpan Rounding = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        await using var rig = await IngestRig.StartAsync(
            arguments.Root, stop, new Dictionary<string, string> { ["Levee__Cluster__IdleMinutes"] = IdleMinutes.ToString(CultureInfo.InvariantCulture) });
        for (var round = 0; round < WarmUps; round++)
        {
            await TakeAsync(rig, "warm-up", Population.Usual, stop);
        }

        var before = await HeapAsync(rig, stop);
        var unknown = await EachAsync(rig, "never seen", stop);
        var inMemory = await EachAsync(rig, "in memory", stop);
        var again = await EachAsync(rig, "in memory again", stop);
        var lastCall = Stopwatch.GetTimestamp();
        var full = await HeapAsync(rig, stop);
        Console.WriteLine("Until the idle ones have left...");
        var most = await CountAsync(rig, stop);
        while (await CountAsync(rig, stop) > 0 && Stopwatch.GetElapsedTime(lastCall) < Patience)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), stop);
        }

        var gone = Stopwatch.GetElapsedTime(lastCall);
        var left = await CountAsync(rig, stop);
        var empty = await HeapAsync(rig, stop);
        var back = await EachAsync(rig, "back from PostgreSQL", stop);
        return new Report
        {
            What = "idle",
            MeasuredAt = measuredAt,
            Machine = Machine.Current(),
            Lines =
            [
                .. Lines("first transaction of a customer", unknown),
                .. Lines("third, the customer in memory", again),
                .. Lines("fourth, the customer read again", back),
                Comparison.Info("a new customer's grain and state more than one in memory", new Measure("us", [unknown.Cpu - inMemory.Cpu])),
                Comparison.Info("a grain that is read again more than one in memory", new Measure("us", [back.Cpu - again.Cpu])),
                Comparison.Info("customers in memory at most", new Measure("", [most])),
                Comparison.Info("live heap with all of them", new Measure("MiB", [full / MemorySample.Mebibyte])),
                Comparison.Info("live heap a customer, three transactions each", new Measure("bytes", [(full - before) / Customers])),
                Comparison.AtMost("customers in memory when all had been idle", new Measure("", [left]), 0),
                Comparison.AtMost(
                    "seconds until then, after the last transaction", new Measure("s", [gone.TotalSeconds]), (TimeSpan.FromMinutes(IdleMinutes) + Rounding).TotalSeconds),
                Comparison.Info("live heap without them", new Measure("MiB", [empty / MemorySample.Mebibyte])),
                Comparison.AtMost("that is more than before they came", new Measure("%", [100 * (empty - before) / before]), 0),
            ],
            Protocol =
            [
                $"{Customers:N0} customers whom the simulated history does not know, in a random order, a transaction each, {Population.Unknown.Merchants} merchants; after {WarmUps} rounds of {Population.Usual.Name}.",
                "A round: the silo stands still (SIGSTOP) while the records are produced; from when it goes on until another connection sees the last row.",
                "CPU: of the silo and of PostgreSQL, by /proc; for a transaction with all that is done for it.",
                $"Levee:Cluster:IdleMinutes is {IdleMinutes}; up to {Rounding.TotalMinutes} minutes come to that: a call that closes a customer's last minute, and Orleans, which looks for idle grains once a minute and rounds up.",
                "Live heap: what a full collection that the benchmark asks for leaves in use. Before the first one the customers of the warm-up were in memory too.",
            ],
        };
    }

    private static IEnumerable<Comparison> Lines(string name, (double Rate, double Cpu) round) =>
    [
        Comparison.Info($"transactions/s, {name}", new Measure("/s", [round.Rate])),
        Comparison.Info($"CPU a transaction, {name}", new Measure("us", [round.Cpu])),
    ];

    /// <summary>A transaction of each customer, in a random order.</summary>
    private static async Task<(double Rate, double Cpu)> EachAsync(IngestRig rig, string name, CancellationToken stop)
    {
        var order = Enumerable.Range(Population.Unknown.FirstCustomer, Customers).ToArray();
        new Random(Customers).Shuffle(order);
        return await TakeAsync(rig, name, i => Population.Unknown with { FirstCustomer = order[i], Customers = 1 }, stop);
    }

    private static Task<(double Rate, double Cpu)> TakeAsync(IngestRig rig, string name, Population population, CancellationToken stop) =>
        TakeAsync(rig, name, _ => population, stop);

    private static async Task<(double Rate, double Cpu)> TakeAsync(IngestRig rig, string name, Func<int, Population> population, CancellationToken stop)
    {
        var beginMicros = UnixMicros.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
        var round = await rig.Rounds.TakeAsync([.. Enumerable.Range(0, Customers).Select(i => rig.Source.Next(population(i), beginMicros + i))], stop);
        rig.Levee.ThrowIfExited();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {round.Rate:N0}/s, {round.Cpu:0} us"));
        return round;
    }

    private static async Task<double> CountAsync(IngestRig rig, CancellationToken stop)
    {
        using var client = new HttpClient();
        return await ServiceMetrics.ReadAsync(client, rig.Address, ServiceMetrics.CustomersInMemory, stop);
    }

    private static async Task<double> HeapAsync(IngestRig rig, CancellationToken stop)
    {
        using var client = new HttpClient();
        await FullCollection.InduceAsync(rig.Levee.Id, stop);
        return await ServiceMetrics.ReadAsync(client, rig.Address, ServiceMetrics.LiveHeapBytes, stop);
    }
}
