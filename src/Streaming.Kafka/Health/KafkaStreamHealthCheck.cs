using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Levee.Streaming.Kafka;

/// <summary>
/// Says which partition is stuck and why. Blocked, orphaned and overdue partitions, and a consumer that does not run, count as the
/// registration's failure status; streams that merely wait for another attempt, and clients that complain, as degraded.
/// </summary>
/// <param name="health">The provider.</param>
/// <param name="options">When to complain.</param>
internal sealed class KafkaStreamHealthCheck(IKafkaStreamHealth health, KafkaStreamHealthCheckOptions options) : IHealthCheck
{
    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var snapshot = health.GetSnapshot();
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        var isStuck = !snapshot.IsRunning;
        if (isStuck)
        {
            data["consumer"] = "does not run";
        }

        if (snapshot.LastError is { } error)
        {
            data["client"] = error;
        }

        foreach (var partition in snapshot.Partitions)
        {
            var isOverdue = partition.OldestUnacknowledged > options.MaxUnacknowledgedAge;
            isStuck |= isOverdue
                || partition.BlockedReason is not null
                || partition.StartingFor > options.MaxUnacknowledgedAge
                || partition.LogErrorFor > options.MaxUnacknowledgedAge;
            if (Describe(partition, isOverdue) is { Length: > 0 } problem)
            {
                data[string.Create(CultureInfo.InvariantCulture, $"{partition.Topic}[{partition.Partition}]")] = problem;
            }
        }

        var status = isStuck ? context.Registration.FailureStatus : data.Count > 0 ? HealthStatus.Degraded : HealthStatus.Healthy;
        var description = data.Count > 0
            ? string.Join("; ", data.Select(d => $"{d.Key}: {d.Value}"))
            : string.Create(CultureInfo.InvariantCulture, $"{snapshot.Partitions.Count} partitions, all moving");
        return Task.FromResult(new HealthCheckResult(status, description, data: data));
    }

    private static string Describe(KafkaPartitionHealth partition, bool isOverdue)
    {
        var problems = new List<string>();
        if (partition.BlockedReason is { } reason)
        {
            problems.Add(reason);
        }

        if (partition.StartError is { } startError)
        {
            problems.Add(string.Create(
                CultureInfo.InvariantCulture, $"where it begins is not known for {partition.StartingFor.TotalSeconds:0} s: {startError}"));
        }

        if (partition.LogError is { } logError)
        {
            problems.Add(string.Create(
                CultureInfo.InvariantCulture, $"its log has not answered for {partition.LogErrorFor.TotalSeconds:0} s: {logError}"));
        }

        if (isOverdue)
        {
            problems.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"offset {partition.NextOffset} is incomplete for {partition.OldestUnacknowledged.TotalSeconds:0} s"));
        }

        if (partition.HeldLanes > 0)
        {
            var held = partition.Held.Select(h => string.Create(
                CultureInfo.InvariantCulture,
                $"{h.Stream} at offset {h.Offset} after {h.Attempts} attempts ({h.Error ?? "the error is not known"})"));
            problems.Add(string.Create(
                CultureInfo.InvariantCulture, $"{partition.HeldLanes} streams wait for another attempt: {string.Join(", ", held)}"));
        }

        return string.Join(", ", problems);
    }
}
