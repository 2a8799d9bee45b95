using Levee.Features;

namespace Levee.Simulation;

/// <summary>
/// Produces simulated transactions to Kafka, live or as a replay of the history, and labels when their time has come. One run at a time.
/// </summary>
public sealed class KafkaSimulator
{
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FlushLimitWhenStopped = TimeSpan.FromSeconds(5);

    // After a standstill of this length (a machine asleep, brokers away) the stream begins anew instead of catching up.
    private const long MaxBehindMicros = UnixMicros.PerMinute;

    private readonly KafkaSimulatorOptions _options;
    private readonly TransactionSimulator _simulator;
    private readonly TimeProvider _time;
    private readonly DeterministicRandom _poison;
    private readonly Tally _tally = new();
    private readonly EventQueue<(Guid Id, LabelObservation Label)> _labels = new();

    /// <summary>Makes a simulator; nothing is produced yet.</summary>
    /// <param name="simulation">What to simulate.</param>
    /// <param name="options">Where to.</param>
    /// <param name="time">The clock of live streams and of pacing; null for the system's.</param>
    /// <param name="currencies">Rates; null for <see cref="CurrencyTable.Default"/>.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public KafkaSimulator(
        SimulationOptions simulation, KafkaSimulatorOptions options, TimeProvider? time = null, CurrencyTable? currencies = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _simulator = new TransactionSimulator(simulation, currencies);
        _time = time ?? TimeProvider.System;
        _poison = DeterministicRandom.Of(simulation.Seed, RandomPurpose.Poison, 0);
    }

    /// <summary>What was done so far. Safe from any thread.</summary>
    public SimulatorCounts Counts => _tally.Snapshot();

    private long NowMicros => UnixMicros.FromDateTimeOffset(_time.GetUtcNow());

    /// <summary>
    /// Adds the labels of a transaction that was delivered otherwise, such as by the import of a history, to be produced when due. Call it
    /// before a run.
    /// </summary>
    /// <param name="simulated">The transaction.</param>
    /// <param name="afterMicros">Only labels observed after this time, microseconds since the Unix epoch.</param>
    public void RememberLabels(SimulatedTransaction simulated, long afterMicros = long.MinValue)
    {
        ArgumentNullException.ThrowIfNull(simulated);
        foreach (var label in simulated.Labels.Where(label => label.ObservedMicros > afterMicros))
        {
            if (_options.LabelTopic is null || _labels.Count >= _options.MaxPendingLabels)
            {
                _tally.DropLabel();
            }
            else
            {
                _labels.Add((simulated.Transaction.TransactionId, label), label.ObservedMicros);
            }
        }

        _tally.LabelsWaiting(_labels.Count);
    }

    /// <summary>
    /// Produces transactions that happen now, until the limits of the options or cancellation, which is a normal end.
    /// </summary>
    /// <param name="perSecond">Transactions per second, above 0.</param>
    /// <param name="cancellationToken">Ends the run; what was produced is still delivered, for at most 5 seconds.</param>
    /// <exception cref="SimulationException">The brokers do not answer, a topic is missing, or the producer cannot go on.</exception>
    public Task<SimulatorCounts> RunLiveAsync(double perSecond, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        return RunAsync(producer => LiveAsync(producer, perSecond, cancellationToken), cancellationToken);
    }

    /// <summary>Produces the history with its own event times, in the order of arrival.</summary>
    /// <param name="perSecond">Records per second, above 0; null for as many as the brokers take.</param>
    /// <param name="cancellationToken">Ends the run; what was produced is still delivered, for at most 5 seconds.</param>
    /// <exception cref="SimulationException">The brokers do not answer, a topic is missing, or the producer cannot go on.</exception>
    public Task<SimulatorCounts> ReplayAsync(double? perSecond, CancellationToken cancellationToken)
    {
        if (perSecond is { } rate)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate, nameof(perSecond));
        }

        return RunAsync(producer => ReplayAsync(producer, perSecond, cancellationToken), cancellationToken);
    }

    private async Task<SimulatorCounts> RunAsync(Func<SimulationProducer, Task> run, CancellationToken cancellationToken)
    {
        using var producer = await Task.Run(() => new SimulationProducer(_options, _tally, _time), cancellationToken);
        try
        {
            await run(producer);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to stop.
        }

        await producer.FlushAsync(cancellationToken.IsCancellationRequested ? FlushLimitWhenStopped : FlushLimit);
        producer.ThrowIfFatal();
        return Counts;
    }

    private async Task LiveAsync(SimulationProducer producer, double perSecond, CancellationToken cancellationToken)
    {
        var end = _options.Duration is { } duration ? NowMicros + (long)duration.TotalMicroseconds : long.MaxValue;
        var finished = false;
        while (!finished)
        {
            finished = true;
            foreach (var delivery in TransactionSimulator.Deliver(_simulator.Live(NowMicros, perSecond)))
            {
                if (IsEnough || delivery.ArrivalMicros >= end)
                {
                    break;
                }

                var now = await WaitUntilAsync(delivery.ArrivalMicros, cancellationToken);
                if (now - delivery.ArrivalMicros > MaxBehindMicros)
                {
                    finished = false;
                    break;
                }

                await SendAsync(producer, delivery, cancellationToken);
                await SendLabelsAsync(producer, now, cancellationToken);
            }
        }
    }

    private async Task ReplayAsync(SimulationProducer producer, double? perSecond, CancellationToken cancellationToken)
    {
        var start = NowMicros;
        var end = _options.Duration is { } duration ? start + (long)duration.TotalMicroseconds : long.MaxValue;
        foreach (var delivery in TransactionSimulator.Deliver(_simulator.History()))
        {
            var due = perSecond is { } rate ? start + (long)(_tally.Records * (UnixMicros.PerSecond / rate)) : start;
            if (IsEnough || Math.Max(due, NowMicros) >= end)
            {
                return;
            }

            await WaitUntilAsync(due, cancellationToken);
            await SendAsync(producer, delivery, cancellationToken);

            // The replay's own clock: a label comes after the transactions that arrived before it.
            await SendLabelsAsync(producer, delivery.ArrivalMicros, cancellationToken);
        }

        await SendLabelsAsync(producer, NowMicros, cancellationToken);
    }

    private bool IsEnough => _tally.Records >= _options.MaxRecords;

    private async ValueTask<long> WaitUntilAsync(long micros, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            var now = NowMicros;
            if (now >= micros)
            {
                return now;
            }

            // Timers tick in milliseconds; several deliveries share one.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, (micros - now) / 1_000)), _time, cancellationToken);
        }
    }

    private async ValueTask SendAsync(SimulationProducer producer, SimulatedDelivery delivery, CancellationToken cancellationToken)
    {
        var simulated = delivery.Simulated;
        var kind = delivery.IsRepeat ? ProducedKind.Repeat : ProducedKind.Transaction;
        await producer.SendAsync(kind, simulated, TransactionJson.Write(simulated.Transaction), cancellationToken);
        if (!delivery.IsRepeat && simulated.Labels.Count > 0)
        {
            RememberLabels(simulated);
        }

        if (_poison.Chance(_options.PoisonShare) && !IsEnough)
        {
            await producer.SendAsync(
                ProducedKind.Poison, simulated, PoisonRecords.Make(_poison, simulated.Transaction), cancellationToken);
        }
    }

    private async ValueTask SendLabelsAsync(SimulationProducer producer, long nowMicros, CancellationToken cancellationToken)
    {
        while (_labels.TryTakeBefore(nowMicros, out var due))
        {
            await producer.SendLabelAsync(due.Id, LabelJson.Write(due.Id, due.Label), cancellationToken);
            _tally.LabelsWaiting(_labels.Count);
        }
    }
}
