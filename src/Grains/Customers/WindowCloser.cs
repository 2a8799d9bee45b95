using Levee.Grains.Hosting;
using Levee.Grains.Scoring;
using Levee.Storage;
using Levee.Streaming.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Customers;

/// <summary>
/// Closes the minutes of customers that send nothing more. Only durable watermarks count: every record before such a watermark's offset is
/// in PostgreSQL, and every later one is stamped at least as high, so a closed minute cannot miss a record that is on time. Each silo
/// looks after the partitions that it owns, and the one that has the first also after those that are gone.
/// </summary>
internal sealed partial class WindowCloser(
    StreamCheckpointStore checkpoints,
    GrainStateStore states,
    IKafkaPartitionOwnership ownership,
    KafkaOutput output,
    IGrainFactory grains,
    IOptions<KafkaOptions> kafka,
    TimeProvider time,
    ILogger<WindowCloser> logger) : BackgroundService
{
    private const int CustomersAtOnce = 4_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly GonePartitions _gone = new(checkpoints, output.CountPartitionsAsync);
    private readonly MinuteCalls _calls = new((id, watermarks) => grains.GetGrain<ICustomerGrain>(id).CloseMinutes(watermarks), time, logger);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await CloseAsync(stoppingToken) < CustomersAtOnce)
                {
                    await Task.Delay(Interval, time, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(logger, exception);
                await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<int> CloseAsync(CancellationToken cancellationToken)
    {
        var topic = kafka.Value.TransactionsTopic;
        var owned = ownership.Owned.Where(owned => owned.Topic == topic).Select(owned => owned.Partition).ToArray();
        if (owned.Length == 0)
        {
            return 0;
        }

        var current = await checkpoints.ReadCurrentAsync(topic, cancellationToken);
        if (current.Count == 0)
        {
            return 0;
        }

        PartitionWatermark[] watermarks =
        [
            .. current.Select(checkpoint => new PartitionWatermark(checkpoint.Epoch, checkpoint.Partition, checkpoint.WatermarkMicros)),
            .. await _gone.FindAsync(topic, current, cancellationToken),
        ];
        var customers = await states.ReadCustomersToCloseAsync(
            [.. watermarks.Where(w => owned.Contains(w.IsGone ? 0 : w.Partition)).Select(w => (w.Partition, w.WatermarkMicros))],
            CustomersAtOnce,
            cancellationToken);
        return await _calls.RunAsync(customers, watermarks, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Minutes could not be closed; the next round tries again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
