using Levee.Features;
using Levee.Simulation;
using Levee.Storage;
using Levee.Training;

namespace Levee.Silo.FirstStart;

/// <summary>Simulated history, folded with the windows of the grains: what a bank would import before it goes live.</summary>
internal sealed class SimulatedHistory
{
    private readonly List<TransactionRow> _rows = [];
    private readonly List<MinuteFeatures> _minutes = [];
    private readonly List<LabelRow> _labels = [];
    private readonly Dictionary<Guid, LabelHistory> _histories = [];
    private BuiltStates? _states;

    private SimulatedHistory()
    {
    }

    /// <summary>The training rows of all mature transactions.</summary>
    public IReadOnlyList<TrainingRow> TrainingRows { get; private set; } = [];

    /// <summary>Transactions folded.</summary>
    public int Count => _rows.Count;

    /// <summary>Simulates and folds.</summary>
    /// <param name="simulation">What to simulate.</param>
    /// <param name="asOfMicros">The clock: labels observed later are not known yet.</param>
    /// <param name="features">The feature list.</param>
    /// <param name="cancellationToken">Stops in between.</param>
    public static SimulatedHistory Build(SimulationOptions simulation, long asOfMicros, FeatureList features, CancellationToken cancellationToken)
    {
        var history = new SimulatedHistory();
        var recorded = UnixMicros.ToDateTimeOffset(asOfMicros);
        var transactions = new List<Transaction>();
        foreach (var simulated in new TransactionSimulator(simulation).History())
        {
            transactions.Add(simulated.Transaction);
            if (simulated.ToLabelHistory(asOfMicros) is { } labels)
            {
                history._histories.Add(labels.TransactionId, labels);
                history._labels.AddRange(labels.Observations.Select(observation => new LabelRow(
                    labels.TransactionId, observation.IsFraud, "simulator", UnixMicros.ToDateTimeOffset(observation.ObservedMicros), recorded)));
            }
        }

        history.TrainingRows = TrainingSetBuilder.Build(
            transactions,
            history._histories,
            asOfMicros,
            features,
            out history._states,
            new TrainingSetOptions { OnMinute = history._minutes.Add, OnTransaction = history.Add },
            cancellationToken);
        return history;
    }

    /// <summary>Stores rows, minutes, labels and states in one transaction.</summary>
    public Task LoadAsync(HistoryLoader loader, CancellationToken cancellationToken)
    {
        // Before the minutes are written: this closes the last ones.
        var customers = _states!.Customers.Values.Select(window => new LoadedState(window.CustomerId, CloseAll(window).Serialize(), window.Sequence)).ToArray();
        var merchants = _states.Merchants.Values.Select(window => new LoadedState(window.MerchantId, window.Serialize(), window.Sequence)).ToArray();
        return loader.LoadAsync(_rows, _minutes, _labels, customers, merchants, cancellationToken);
    }

    // The history is complete: no minute of it waits for more.
    private CustomerWindow CloseAll(CustomerWindow window)
    {
        if (window.OldestOpenMinuteEndMicros is not null)
        {
            window.CloseMinutes(UnixMicros.Floor(window.NewestEventMicros, UnixMicros.PerMinute) + UnixMicros.PerMinute, _minutes);
        }

        return window;
    }

    private void Add(FoldedTransaction folded) =>
        _rows.Add(new TransactionRow(folded.Transaction, folded.IsLate, null, null, null, folded.CustomerSequence));
}
