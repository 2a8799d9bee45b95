namespace Levee.Api.Admission;

/// <summary>When a batch ends whether or not all rows are scored: its time is over, or its caller has gone.</summary>
internal sealed class BatchDeadline : IDisposable
{
    /// <summary>What rows say that were not scored in time.</summary>
    public const string TooLate = "The time for the batch was over before this row was scored; try again with fewer rows.";

    private readonly CancellationTokenSource _time;
    private readonly CancellationTokenSource _either;
    private readonly CancellationTokenSource _drained;

    public BatchDeadline(HttpContext context, TimeSpan timeout, TimeProvider time)
    {
        _time = new CancellationTokenSource(timeout, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, context.RequestAborted);
        _drained = new CancellationTokenSource(timeout * 2, time);
    }

    /// <summary>Cancelled at the end.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Cancelled when the caller must have read the answer: as long after the end as the batch may take.</summary>
    public CancellationToken Drained => _drained.Token;

    public bool IsOver => _either.IsCancellationRequested;

    public void Dispose()
    {
        _drained.Dispose();
        _either.Dispose();
        _time.Dispose();
    }
}
