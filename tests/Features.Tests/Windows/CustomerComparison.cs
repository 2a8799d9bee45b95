using System.Globalization;
using Levee.Features.Tests.Oracle;

namespace Levee.Features.Tests.Windows;

/// <summary>Runs a stream through a customer's window and the oracle at once and says where they first differ.</summary>
internal sealed class CustomerComparison(int maxExact, Fault fault)
{
    private readonly CustomerWindowOptions _options = new() { MaxExactEvents = maxExact };
    private readonly NaiveCustomer _oracle = new(maxExact, fault);
    private readonly List<Transaction> _sent = [];
    private readonly double[] _vector = new double[FeatureList.All.Count];
    private readonly List<byte[]> _deltas = [];
    private CustomerWindow _window = new(7, new CustomerWindowOptions { MaxExactEvents = maxExact });
    private CustomerDelta _delta = new();
    private byte[] _snapshot = new CustomerWindow(7).Serialize();
    private long _clock = Steps.Start;

    /// <summary>The first difference, or null.</summary>
    public static string? Find(Step[] steps, int maxExact, Fault fault = Fault.None)
    {
        var comparison = new CustomerComparison(maxExact, fault);
        for (var i = 0; i < steps.Length; i++)
        {
            if (comparison.Do(steps[i]) is { } difference)
            {
                return $"step {i} {steps[i]}: {difference}";
            }
        }

        return comparison.CloseMinutes(long.MaxValue / 2);
    }

    private string? Do(in Step step)
    {
        var number = _sent.Count + 1;
        switch (step.Kind)
        {
            case StepKind.Arrive:
                _clock += step.Gap;
                return Arrive(Steps.Make(step, number, _clock), step);
            case StepKind.ArriveLate:
                return Arrive(Steps.Make(step, number, _clock - step.Gap), step);
            case StepKind.Repeat when _sent.Count > 0:
                return Arrive(_sent[step.Pick % _sent.Count], step);
            case StepKind.Clash when _sent.Count > 0:
                var known = _sent[step.Pick % _sent.Count];
                return Arrive(step.Pick % 2 == 0 ? known with { Amount = known.Amount + 1 } : known with { MerchantId = 99 }, step);
            case StepKind.Ask:
                var asked = Steps.Make(step, -number, _clock + (step.Pick % 3 == 0 ? step.Gap : -Math.Min(step.Gap, UnixMicros.PerDay)));
                return Compare(step.Pick % 2 == 0 ? asked : asked with { TransactionId = Guid.Empty });
            case StepKind.AskAboutKnown when _sent.Count > 0:
                return Compare(_sent[step.Pick % _sent.Count] with { EventTimeMicros = _clock - Math.Min(step.Gap, UnixMicros.PerDay) });
            case StepKind.Restart:
                return step.Pick % 2 == 0 ? Restart() : RestartFromDeltas();
            case StepKind.CloseMinutes:
                return CloseMinutes(_clock - (10 * UnixMicros.PerSecond));
            default:
                return null;
        }
    }

    private string? Arrive(Transaction transaction, in Step step)
    {
        // Another partition's watermark may lie behind what is closed already.
        var watermark = _clock - (step.Pick % 4 == 0 ? UnixMicros.PerHour : 10 * UnixMicros.PerSecond);
        var (expected, actual) = (_oracle.Fold(transaction, watermark), _window.Fold(transaction, watermark));
        if (expected != actual)
        {
            return $"{actual} instead of {expected}";
        }

        if (actual.Status == FoldStatus.Folded)
        {
            _sent.Add(transaction);
            _delta.Add(transaction, actual.IsLate);
            if (step.Pick % 3 == 0)
            {
                EndDelta();
            }

            if (_window.Sequence != actual.Sequence)
            {
                return $"sequence {_window.Sequence}";
            }
        }

        // Of a clash the windows keep what came first, so there is nothing that a vector of the second should be.
        return actual.Status == FoldStatus.Conflict ? null : Compare(transaction);
    }

    // Windows are kept for questions up to a day before the newest transaction.
    private string? Compare(Transaction transaction)
    {
        if (_window.NewestEventMicros != _oracle.Newest)
        {
            return $"newest {_window.NewestEventMicros} instead of {_oracle.Newest}";
        }

        if (_oracle.Newest != long.MinValue && transaction.EventTimeMicros < _oracle.Newest - UnixMicros.PerDay)
        {
            return null;
        }

        FeatureList.All.Compute(transaction, _window, default, _vector);
        foreach (var (name, expected) in _oracle.Features(transaction))
        {
            var actual = _vector[CustomerFeatures.IndexOf(name)];
            if (!CustomerFeatures.Same(expected, actual))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{name} is {actual:R} instead of {expected:R}");
            }
        }

        return null;
    }

    private string? Restart()
    {
        var state = _window.Serialize();
        _window = CustomerWindow.Deserialize(state, _options);
        _snapshot = state;
        _deltas.Clear();
        _delta = new CustomerDelta();
        return state.AsSpan().SequenceEqual(_window.Serialize()) ? null : "another state after a restart";
    }

    private string? RestartFromDeltas()
    {
        EndDelta();
        var replayed = CustomerWindow.Deserialize(_snapshot, _options);
        _deltas.ForEach(delta => CustomerDelta.Replay(delta, replayed));
        var same = replayed.Serialize().AsSpan().SequenceEqual(_window.Serialize());
        _window = replayed;
        return same ? null : "another state from a snapshot and deltas";
    }

    private void EndDelta()
    {
        _deltas.Add(_delta.ToArray(_window));
        _delta = new CustomerDelta();
    }

    private string? CloseMinutes(long watermark)
    {
        var closed = new List<MinuteFeatures>();
        _window.CloseMinutes(watermark, closed);
        var expected = _oracle.CloseMinutes(7, watermark);
        var same = expected.Count == closed.Count && expected.Zip(closed).All(pair =>
            CustomerFeatures.Same(pair.First.AmountStd ?? double.NaN, pair.Second.AmountStd ?? double.NaN)
            && pair.First with { AmountStd = null } == pair.Second with { AmountStd = null });
        return same && (_window.OldestOpenMinuteEndMicros is not { } end || end > watermark)
            ? null
            : $"closed {string.Join(", ", closed)} instead of {string.Join(", ", expected)}";
    }
}
