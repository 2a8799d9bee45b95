using Levee.Grains.Scoring;
using Levee.Grains.Streams;
using Levee.Storage;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Customers;

/// <summary>What every customer grain of the silo shares.</summary>
internal sealed class CustomerServices(
    GrainStateStore states,
    GroupCommitter committer,
    TransactionScorer scorer,
    ConflictSink conflicts,
    LocalCustomers local,
    IOptions<ScoringOptions> options,
    TimeProvider time)
{
    public GrainStateStore States { get; } = states;

    public GroupCommitter Committer { get; } = committer;

    public TransactionScorer Scorer { get; } = scorer;

    public ConflictSink Conflicts { get; } = conflicts;

    public LocalCustomers Local { get; } = local;

    public TimeProvider Time { get; } = time;

    public TimeSpan ColdRead { get; } = TimeSpan.FromMilliseconds(options.Value.ColdReadMilliseconds);
}
