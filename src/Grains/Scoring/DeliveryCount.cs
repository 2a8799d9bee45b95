using Confluent.Kafka;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Grains.Scoring;

/// <summary>Waits for the delivery reports of some messages as one: a task for each of them would cost more than the message.</summary>
/// <param name="messages">How many reports will come, at least 1.</param>
/// <param name="clientEnded">Completes with the client: then no report comes any more.</param>
internal sealed class DeliveryCount(int messages, Task clientEnded)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = messages;
    private int _failed;
    private Error? _error;

    /// <summary>Waits until every report has come, whatever they say, or none will come any more: what is missing has failed then.</summary>
    public async Task WaitAsync()
    {
        await Task.WhenAny(_done.Task, clientEnded);
        if (Volatile.Read(ref _left) is > 0 and var missing)
        {
            Interlocked.CompareExchange(ref _error, new Error(ErrorCode.Local_Destroy, "The producer ended before the broker answered."), null);
            Interlocked.Add(ref _failed, missing);
        }
    }

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
