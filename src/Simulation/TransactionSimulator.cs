using Levee.Features;

namespace Levee.Simulation;

/// <summary>
/// Customers with habits, merchants, and fraudsters. The same settings give the same transactions, everywhere and always; a history's hours
/// do not depend on the hours before them, so that a longer history begins with the shorter one.
/// </summary>
/// <remarks>Not safe for use by several threads at once. Simulators with the same settings are interchangeable.</remarks>
public sealed class TransactionSimulator
{
    private readonly SimulationOptions _options;
    private readonly LegitimateActivity _legitimate;
    private readonly FraudActivity _fraud;

    /// <summary>Makes the customers and merchants.</summary>
    /// <param name="options">What to simulate; not to be changed afterwards.</param>
    /// <param name="currencies">Rates; null for <see cref="CurrencyTable.Default"/>. A currency without a rate is not used.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public TransactionSimulator(SimulationOptions options, CurrencyTable? currencies = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        var population = new Population(options);
        var factory = new TransactionFactory(options, currencies ?? CurrencyTable.Default);
        _fraud = new FraudActivity(options, population, factory);
        _legitimate = new LegitimateActivity(
            options, population, factory, new CompromiseCalendar(options, population, _fraud.CompromisedShare));
    }

    /// <summary>The history of <see cref="SimulationOptions.Days"/> days from <see cref="SimulationOptions.Start"/> on, in the order of event times, each transaction once.</summary>
    public IEnumerable<SimulatedTransaction> History()
    {
        var start = UnixMicros.FromDateTimeOffset(_options.Start);
        return History(start, start + (_options.Days * UnixMicros.PerDay));
    }

    /// <summary>A piece of the history, which may lie outside of the configured days.</summary>
    /// <param name="fromMicros">First event time, microseconds since the Unix epoch.</param>
    /// <param name="toMicros">End, exclusive.</param>
    public IEnumerable<SimulatedTransaction> History(long fromMicros, long toMicros)
    {
        var queue = new EventQueue<SimulatedTransaction>();

        // Campaigns that began before the piece reach into it.
        var hour = Rhythm.HourOf(fromMicros - FraudActivity.LongestMicros);
        for (; hour * UnixMicros.PerHour < toMicros; hour++)
        {
            AddHour(queue, hour);
            var end = Math.Min((hour + 1) * UnixMicros.PerHour, toMicros);
            while (queue.TryTakeBefore(end, out var simulated))
            {
                if (simulated.Transaction.EventTimeMicros >= fromMicros)
                {
                    yield return simulated;
                }
            }
        }
    }

    /// <summary>
    /// An endless stream at a constant rate, in the order of event times: the customers, merchants and compromised merchants of the history,
    /// at whatever pace is asked for. Beyond <see cref="SimulationOptions.Customers"/> times
    /// <see cref="SimulationOptions.TransactionsPerCustomerDay"/> a day, people do more than their habit.
    /// </summary>
    /// <remarks>The shifted pattern keeps to no hours here, or there would be no fraud by day.</remarks>
    /// <param name="startMicros">Begin, microseconds since the Unix epoch.</param>
    /// <param name="perSecond">Transactions per second, above 0.</param>
    public IEnumerable<SimulatedTransaction> Live(long startMicros, double perSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        var legitimate = DeterministicRandom.Of(_options.Seed, RandomPurpose.LiveLegitimate, startMicros);
        var fraud = DeterministicRandom.Of(_options.Seed, RandomPurpose.LiveFraud, startMicros);
        var queue = new EventQueue<SimulatedTransaction>();
        var due = 0.0;
        for (var second = 0L; ; second++)
        {
            var from = startMicros + (second * UnixMicros.PerSecond);
            _fraud.Begin(fraud, from, UnixMicros.PerSecond, perSecond, null, Queue);
            due += perSecond * (1 - _fraud.AddedShare(from));
            var count = (int)due;
            due -= count;
            for (var i = 0; i < count; i++)
            {
                // Evenly, each somewhere in its part of the second.
                Queue(_legitimate.Make(legitimate, from + (long)((i + legitimate.NextDouble()) / count * UnixMicros.PerSecond)));
            }

            while (queue.TryTakeBefore(from + UnixMicros.PerSecond, out var simulated))
            {
                yield return simulated;
            }
        }

        void Queue(SimulatedTransaction simulated) => queue.Add(simulated, simulated.Transaction.EventTimeMicros);
    }

    /// <summary>The deliveries of transactions, late ones and repetitions included, in the order of arrival.</summary>
    /// <param name="inEventOrder">Transactions in the order of event times; may be endless.</param>
    public static IEnumerable<SimulatedDelivery> Deliver(IEnumerable<SimulatedTransaction> inEventOrder)
    {
        ArgumentNullException.ThrowIfNull(inEventOrder);
        var queue = new EventQueue<SimulatedDelivery>();
        foreach (var simulated in inEventOrder)
        {
            while (queue.TryTakeBefore(simulated.Transaction.EventTimeMicros, out var earlier))
            {
                yield return earlier;
            }

            var arrival = simulated.ArrivalMicros;
            queue.Add(new SimulatedDelivery(simulated, arrival, IsRepeat: false), arrival);
            if (simulated.RepeatDelayMicros is { } delay)
            {
                queue.Add(new SimulatedDelivery(simulated, arrival + delay, IsRepeat: true), arrival + delay);
            }
        }

        while (queue.TryTakeBefore(long.MaxValue, out var rest))
        {
            yield return rest;
        }
    }

    private void AddHour(EventQueue<SimulatedTransaction> queue, long hour)
    {
        var start = hour * UnixMicros.PerHour;
        var even = _options.Customers * _options.TransactionsPerCustomerDay / 24;
        var volume = even * Rhythm.Volume(hour);
        var random = DeterministicRandom.Of(_options.Seed, RandomPurpose.Legitimate, hour);
        var count = random.NextPoisson(volume * (1 - (_options.FraudRate - _fraud.CompromisedShare)));
        for (var i = 0; i < count; i++)
        {
            Queue(_legitimate.Make(random, start + (long)(random.NextDouble() * UnixMicros.PerHour)));
        }

        _fraud.Begin(
            DeterministicRandom.Of(_options.Seed, RandomPurpose.Fraud, hour), start, UnixMicros.PerHour, volume, even, Queue);

        void Queue(SimulatedTransaction simulated) => queue.Add(simulated, simulated.Transaction.EventTimeMicros);
    }
}
