using Levee.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Levee.Grains.Fencing;

/// <summary>
/// Ends the database sessions of silos that the cluster has declared dead. A silo that stands still, or whose machine has vanished from
/// the network, keeps its connections, and with them the locks on state rows and transaction ids that its grains' successors wait for.
/// PostgreSQL itself notices only a session that is idle in its transaction; one that is inside a COPY counts as busy for ever. Every
/// survivor does this: it does no harm twice, and any of them may die meanwhile.
/// </summary>
internal sealed partial class DeadSiloFence(
    IClusterMembershipService membership, ILocalSiloDetails silo, SessionFence sessions, TimeProvider time, ILogger<DeadSiloFence> logger)
    : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var fenced = new HashSet<SiloAddress>();
        try
        {
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
            {
                // A silo that reads its own death ends by itself; until then it must not cut off its last commits.
                var dead = snapshot.Members.Values
                    .Where(member => member.Status == SiloStatus.Dead && !member.SiloAddress.Equals(silo.SiloAddress))
                    .Select(member => member.SiloAddress)
                    .ToHashSet();
                fenced.IntersectWith(dead);
                dead.ExceptWith(fenced);
                if (dead.Count > 0)
                {
                    await FenceAsync(dead, stoppingToken);
                    fenced.UnionWith(dead);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task FenceAsync(HashSet<SiloAddress> dead, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var ended = await sessions.EndAsync([.. dead.Select(SiloSessions.NameOf)], cancellationToken);
                if (ended > 0)
                {
                    LogFenced(logger, ended, string.Join(", ", dead));
                }

                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogFailed(logger, string.Join(", ", dead), exception);
                await Task.Delay(Retry, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ended {Count} database sessions of dead silos: {Silos}")]
    private static partial void LogFenced(ILogger logger, int count, string silos);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database sessions of dead silos ({Silos}) could not be ended; trying again")]
    private static partial void LogFailed(ILogger logger, string silos, Exception exception);
}
