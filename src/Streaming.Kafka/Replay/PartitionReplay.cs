namespace Levee.Streaming.Kafka;

/// <summary>One replay of one partition: carries the earlier offset through the partition's restart and tells how far it is.</summary>
internal sealed class PartitionReplay(KafkaReplayPlan plan, PartitionIntake owner)
{
    private readonly Lock _gate = new();
    private PartitionIntake _intake = owner;
    private bool _isGivenBack;
    private bool _isContinued;
    private bool _isRefused;
    private long _to = plan.To;

    public string Topic => plan.Topic;

    public int Number => plan.Partition;

    /// <summary>Who reads the partition: first the ownership that was asked, then the one that replays.</summary>
    public PartitionIntake Intake
    {
        get
        {
            lock (_gate)
            {
                return _intake;
            }
        }
    }

    /// <summary>The partition is between its two ownerships until <see cref="EndGiveBack"/>.</summary>
    public void GiveBack() => SetGivenBack(true);

    /// <summary>It has begun anew, or never will.</summary>
    public void EndGiveBack() => SetGivenBack(false);

    /// <summary>The partition begins anew.</summary>
    /// <param name="intake">Its new intake.</param>
    public void Continue(PartitionIntake intake)
    {
        lock (_gate)
        {
            _intake = intake;
            _isContinued = true;
        }
    }

    /// <summary>The start with the earlier offset, if it still belongs to the same log; else the start as it is.</summary>
    /// <param name="start">Where the partition would begin by itself.</param>
    public PartitionStart Begin(PartitionStart start)
    {
        lock (_gate)
        {
            _isRefused = start.Epoch != plan.Epoch || start.BlockedReason is not null || plan.From >= start.NextOffset;
            _to = _isRefused ? _to : start.NextOffset;
            return _isRefused ? start : start with { ReadFrom = plan.From };
        }
    }

    /// <summary>How far it is.</summary>
    /// <param name="table">Tells who reads the partition now.</param>
    public KafkaReplayStatus GetStatus(PartitionTable table)
    {
        lock (_gate)
        {
            var partition = _intake.Partition;
            var reached = _isContinued && partition.Epoch > 0 ? partition.Tracker.Reached : long.MinValue;

            // Offsets without a record at the end of the range are nobody's work.
            var isThrough = reached >= _to || (_isContinued && partition.Epoch > 0 && _intake.ReadTo >= _to && _intake.Cached == 0);
            var isMine = ReferenceEquals(table.Find(Topic, Number), _intake) && partition.State != PartitionState.Blocked;
            var state = (_isRefused, isThrough, isMine || _isGivenBack) switch
            {
                (false, true, _) => KafkaReplayState.Done,
                (false, false, true) => KafkaReplayState.Running,
                _ => KafkaReplayState.Interrupted,
            };
            var next = state == KafkaReplayState.Done ? _to : Math.Clamp(reached, plan.From, _to);
            return new KafkaReplayStatus(Topic, Number, plan.From, _to, next, state);
        }
    }

    private void SetGivenBack(bool value)
    {
        lock (_gate)
        {
            _isGivenBack = value;
        }
    }
}
