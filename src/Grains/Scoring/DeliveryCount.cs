using Confluent.Kafka;

namespace Levee.Grains.Scoring;

/// <summary>Waits for the delivery reports of some messages as one: a task for each of them would cost more than the message.</summary>
/// <param name="messages">How many reports will come, at least 1.</param>
internal sealed class DeliveryCount(int messages)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = messages;
    private int _failed;
    private Error? _error;

    /// <summary>Ends when every report has come, whatever they say.</summary>
    public Task Done => _done.Task;

    /// <summary>Messages that the broker did not take.</summary>
    public int Failed => Volatile.Read(ref _failed);

    /// <summary>What became of the first that failed; null when none did.</summary>
    public Error? Error => Volatile.Read(ref _error);

    /// <summary>Takes a report. Called on the producer's thread.</summary>
    /// <param name="report">The report.</param>
    public void Report(DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.IsError)
        {
            Interlocked.CompareExchange(ref _error, report.Error, null);
            Interlocked.Increment(ref _failed);
        }

        if (Interlocked.Decrement(ref _left) == 0)
        {
            _done.SetResult();
        }
    }
}
