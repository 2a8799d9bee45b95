using Levee.Features.Tests.Oracle;

namespace Levee.Features.Tests.Windows;

/// <summary>Runs a stream through a merchant's window and the oracle at once and says where they first differ.</summary>
internal sealed class MerchantComparison(int maxExact, int maxIds, Fault fault)
{
    private readonly MerchantWindowOptions _options = new() { MaxExactEvents = maxExact, MaxIds = maxIds };
    private readonly NaiveMerchant _oracle = new(maxExact, maxIds, fault);
    private readonly List<Transaction> _sent = [];
    private readonly List<byte[]> _deltas = [];
    private MerchantWindow _window = new(3, new MerchantWindowOptions { MaxExactEvents = maxExact, MaxIds = maxIds });
    private MerchantDelta _delta = new();
    private byte[] _snapshot = new MerchantWindow(3).Serialize();
    private long _clock = Steps.Start;

    /// <summary>The first difference, or null.</summary>
    public static string? Find(Step[] steps, int maxExact, int maxIds, Fault fault = Fault.None)
    {
        var comparison = new MerchantComparison(maxExact, maxIds, fault);
        for (var i = 0; i < steps.Length; i++)
        {
            if (comparison.Do(steps[i]) is { } difference)
            {
                return $"step {i} {steps[i]}: {difference}";
            }
        }

        return null;
    }

    private string? Do(in Step step)
    {
        var number = _sent.Count + 1;
        switch (step.Kind)
        {
            case StepKind.Arrive:
                _clock += step.Gap;
                return Arrive(Make(step, number, _clock));
            case StepKind.ArriveLate:
                return Arrive(Make(step, number, _clock - step.Gap));
            case StepKind.Repeat when _sent.Count > 0:
                return Arrive(_sent[step.Pick % _sent.Count]);
            case StepKind.Clash when _sent.Count > 0:
                var known = _sent[step.Pick % _sent.Count];
                return Arrive(step.Pick % 2 == 0 ? known with { BaseCents = known.BaseCents + 1 } : known with { CustomerId = 99 });
            case StepKind.Ask or StepKind.AskAboutKnown or StepKind.CloseMinutes:
                // Up to seven days before the newest transaction, and any time after it.
                return Compare(_clock + (step.Pick % 2 == 0 ? step.Gap : -Math.Min(step.Gap, 7 * UnixMicros.PerDay)));
            case StepKind.Restart:
                return step.Pick % 2 == 0 ? Restart() : RestartFromDeltas();
            case StepKind.Label when _sent.Count > 0:
                return Label(_sent[step.Cents % _sent.Count], step);
            default:
                return null;
        }
    }

    private string? Arrive(Transaction transaction)
    {
        var (expected, actual) = (_oracle.Fold(transaction), _window.Fold(transaction));
        if (expected != actual)
        {
            return $"{actual} instead of {expected}";
        }

        if (actual.Status == FoldStatus.Folded)
        {
            _sent.Add(transaction);
            _delta.Add(transaction);
            if (transaction.BaseCents % 3 == 0)
            {
                EndDelta();
            }
        }

        return Compare(_clock);
    }

    // A complete history of up to three observations, the early label in the message among them, in any order.
    private string? Label(Transaction transaction, in Step step)
    {
        var time = transaction.EventTimeMicros;
        var observations = new List<LabelObservation> { new(step.Pick % 3 != 0, time + step.Gap) };
        if (step.Pick % 2 == 0)
        {
            observations.Insert(step.Pick % 4 / 2, new LabelObservation(step.Pick % 5 != 0, time + (step.Pick * UnixMicros.PerHour)));
        }

        if (transaction.IsFraud is { } early)
        {
            observations.Insert(0, new LabelObservation(early, time));
        }

        var history = new LabelHistory(transaction.TransactionId, time, observations) { BaseCents = transaction.BaseCents };
        _oracle.ApplyLabels(history);
        _window.ApplyLabels(history);
        _delta.Add(history);
        var before = _window.Serialize();
        _window.ApplyLabels(history);
        return before.AsSpan().SequenceEqual(_window.Serialize()) ? Compare(_clock) : "the same labels again change the state";
    }

    private string? Restart()
    {
        var state = _window.Serialize();
        _window = MerchantWindow.Deserialize(state, _options);
        _snapshot = state;
        _deltas.Clear();
        _delta = new MerchantDelta();
        return state.AsSpan().SequenceEqual(_window.Serialize()) ? Compare(_clock) : "another state after a restart";
    }

    // What is remembered shows in what comes: the ids are in no order of their own, so bytes are not compared.
    private string? RestartFromDeltas()
    {
        EndDelta();
        var replayed = MerchantWindow.Deserialize(_snapshot, _options);
        _deltas.ForEach(delta => MerchantDelta.Replay(delta, replayed));
        var same = replayed.Serialize().Length == _window.Serialize().Length;
        _window = replayed;
        return same ? Compare(_clock) : "another state from a snapshot and deltas";
    }

    private void EndDelta()
    {
        _deltas.Add(_delta.ToArray());
        _delta = new MerchantDelta();
    }

    private string? Compare(long at)
    {
        // An amount that was there before, mostly.
        var cents = _sent.Count == 0 ? 0 : _sent[(int)(at / UnixMicros.PerSecond % _sent.Count)].BaseCents;
        var (expected, actual) = (_oracle.Snapshot(at, cents), _window.Snapshot(at, cents));
        return expected == actual ? null : $"{actual} instead of {expected}";
    }

    private static Transaction Make(in Step step, int number, long time) =>
        Steps.Make(step, number, time) with { MerchantId = 3, CustomerId = 1 + (step.Pick % 3) };
}
