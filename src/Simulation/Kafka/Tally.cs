namespace Levee.Simulation;

/// <summary>Counts; those of deliveries from the producer's threads, the others from the simulator's.</summary>
internal sealed class Tally
{
    private long _acknowledged;
    private long _failed;
    private long _records;
    private long _transactions;
    private long _repeats;
    private long _poison;
    private long _late;
    private long _frauds;
    private long _labels;
    private long _pendingLabels;
    private long _droppedLabels;
    private volatile string? _lastError;

    public long Records => Volatile.Read(ref _records);

    public void Acknowledge() => Interlocked.Increment(ref _acknowledged);

    public void Fail(string reason)
    {
        Interlocked.Increment(ref _failed);
        _lastError = reason;
    }

    public void Trouble(string reason) => _lastError = reason;

    public void Add(ProducedKind kind, SimulatedTransaction? simulated)
    {
        if (kind == ProducedKind.Label)
        {
            Interlocked.Increment(ref _labels);
            return;
        }

        Interlocked.Increment(ref _records);
        switch (kind)
        {
            case ProducedKind.Repeat:
                Interlocked.Increment(ref _repeats);
                break;
            case ProducedKind.Poison:
                Interlocked.Increment(ref _poison);
                break;
            default:
                Interlocked.Increment(ref _transactions);
                Interlocked.Add(ref _late, simulated!.IsLate ? 1 : 0);
                Interlocked.Add(ref _frauds, simulated.IsFraud ? 1 : 0);
                break;
        }
    }

    public void LabelsWaiting(int count) => Volatile.Write(ref _pendingLabels, count);

    public void DropLabel() => Interlocked.Increment(ref _droppedLabels);

    public SimulatorCounts Snapshot() => new()
    {
        Records = Interlocked.Read(ref _records),
        Transactions = Interlocked.Read(ref _transactions),
        Repeats = Interlocked.Read(ref _repeats),
        Poison = Interlocked.Read(ref _poison),
        Late = Interlocked.Read(ref _late),
        Frauds = Interlocked.Read(ref _frauds),
        Labels = Interlocked.Read(ref _labels),
        PendingLabels = Interlocked.Read(ref _pendingLabels),
        DroppedLabels = Interlocked.Read(ref _droppedLabels),
        Acknowledged = Interlocked.Read(ref _acknowledged),
        Failed = Interlocked.Read(ref _failed),
        LastError = _lastError,
    };
}
