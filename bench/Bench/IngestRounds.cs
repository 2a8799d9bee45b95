using System.Globalization;
using Levee.Features;

namespace Levee.Bench;

/// <summary>Rounds of as many transactions as both sides take in, of one population.</summary>
internal sealed class IngestRounds(TransactionSource source, DurableRows rows, RawBaseline raw, ServiceProcess levee, int postgres)
{
    public const int Count = 100_000;

    // Few: who asks shares the server with those who write.
    private const int AskedFor = 16;

    private const int MostWarmUps = 10;
    private const int FlatRounds = 2;
    private const double LeastGain = 1.05;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Transactions produced so far.</summary>
    public long Produced { get; private set; }

    /// <summary>
    /// Runs rounds that do not count until the silo gets no faster, twice in a row: its code is compiled and compiled again by what it has seen,
    /// in the background and so with a pause in between, and customers are new.
    /// </summary>
    public async Task WarmUpAsync(Population population, CancellationToken stop)
    {
        var (best, flat) = (0.0, 0);
        for (var round = 0; round < MostWarmUps && flat < FlatRounds; round++)
        {
            var rate = (await RunAsync(population, rounds: 1, stop)).Levee.Median;
            flat = rate < best * LeastGain ? flat + 1 : 0;
            best = Math.Max(best, rate);
        }
    }

    /// <summary>
    /// Runs rounds. The silo stands still while one is produced, so that both sides find the records on the broker and neither shares the
    /// processors with who produces them.
    /// </summary>
    /// <param name="population">Whose transactions.</param>
    /// <param name="rounds">How many.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<Figures> RunAsync(Population population, int rounds, CancellationToken stop)
    {
        var (rates, cpus, raws) = (new List<double>(), new List<double>(), new List<RawBaseline.Rates>());
        var (stolen, thefts) = (new StolenTime(), new List<double>());
        for (var round = 1; round <= rounds; round++)
        {
            var (rate, cpu, plain) = await RoundAsync(population, stop);
            rates.Add(rate);
            cpus.Add(cpu);
            raws.Add(plain);
            thefts.Add(stolen.PercentSinceLast());
            levee.ThrowIfExited();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{population.Name}: Levee {rate:N0}/s, {cpu:N0} us; raw {plain.Both:N0}/s ({plain.Consume:N0} consume, {plain.Copy:N0} COPY), {plain.BothCpuMicroseconds:N0} us; " +
                $"stolen {thefts[^1]:0.0} %"));
        }

        return new Figures(
            new Measure("/s", rates),
            new Measure("us", cpus),
            new Measure("/s", raws.ConvertAll(r => r.Both)),
            new Measure("us", raws.ConvertAll(r => r.BothCpuMicroseconds)),
            new Measure("/s", raws.ConvertAll(r => r.Consume)),
            new Measure("/s", raws.ConvertAll(r => r.Copy)),
            new Measure("us", raws.ConvertAll(r => r.ConsumeCpuMicroseconds)),
            new Measure("us", raws.ConvertAll(r => r.CopyCpuMicroseconds)),
            new Measure("%", thefts));
    }

    private async Task<(double Rate, double Cpu, RawBaseline.Rates Raw)> RoundAsync(Population population, CancellationToken stop)
    {
        var from = raw.Ends();
        var beginMicros = UnixMicros.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
        var transactions = Enumerable.Range(0, Count).Select(i => source.Next(population, beginMicros + (i * 10))).ToList();
        var (rate, each) = await TakeAsync(transactions, stop);
        return (rate, each, await raw.RunAsync(from, Count, postgres, stop));
    }

    /// <summary>Has the silo take transactions, in the order of their times.</summary>
    /// <param name="transactions">Whose times are those of no transactions before.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>How many a second it took, and microseconds of CPU for each, PostgreSQL's included.</returns>
    public async Task<(double Rate, double Cpu)> TakeAsync(List<Transaction> transactions, CancellationToken stop)
    {
        var messages = transactions.ConvertAll(TransactionSource.Message);
        var last = transactions.TakeLast(AskedFor).Select(transaction => transaction.TransactionId).ToList();

        await levee.FreezeAsync();
        messages.ForEach(source.Produce);
        source.Flush();
        await levee.ThawAsync();

        var cpu = new CpuMeter(levee.Id, postgres);
        cpu.Start();
        var rate = await rows.RateAsync(UnixMicros.ToDateTimeOffset(transactions[0].EventTimeMicros), transactions.Count, last, Patience, stop);
        var each = cpu.MicrosecondsEach(transactions.Count);
        Produced += transactions.Count;
        return (rate, each);
    }

    /// <summary>What the rounds showed.</summary>
    internal sealed record Figures(
        Measure Levee,
        Measure LeveeCpu,
        Measure RawBoth,
        Measure RawCpu,
        Measure RawConsume,
        Measure RawCopy,
        Measure RawConsumeCpu,
        Measure RawCopyCpu,
        Measure Stolen);
}
