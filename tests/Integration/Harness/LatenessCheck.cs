using Dapper;
using Levee.Features;
using Npgsql;

namespace Levee.Integration.Harness;

/// <summary>
/// Compares which transactions count as late with what follows from the order on the topic alone: late is one whose minute had ended at its
/// partition's watermark, the newest event time up to there less ten seconds. Only for topics on which no partition was ever idle.
/// </summary>
internal static class LatenessCheck
{
    private const long WatermarkDelay = 10 * UnixMicros.PerSecond;

    /// <returns>How many are late.</returns>
    public static async Task<int> AssertAsync(NpgsqlConnection connection, ProducedStream produced)
    {
        var expected = new HashSet<Guid>();
        foreach (var partition in produced.InOrder.GroupBy(t => produced.Positions[t.TransactionId].Partition.Value))
        {
            var watermark = long.MinValue;
            foreach (var transaction in partition.OrderBy(t => produced.Positions[t.TransactionId].Offset.Value))
            {
                watermark = Math.Max(watermark, transaction.EventTimeMicros - WatermarkDelay);
                var minuteEnd = ((transaction.EventTimeMicros / UnixMicros.PerMinute) + 1) * UnixMicros.PerMinute;
                if (minuteEnd <= watermark)
                {
                    expected.Add(transaction.TransactionId);
                }
            }
        }

        var late = await connection.QueryAsync<Guid>("SELECT transaction_id FROM transactions WHERE is_late");
        Assert.Equal(expected.Order(), late.Order());
        return expected.Count;
    }
}
