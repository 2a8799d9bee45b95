using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Makes every customer's and merchant's state anew from the tables <c>transactions</c> and <c>labels</c>, by the grains' own fold, and
/// compares it with the live one. What differs is reported and, if asked for, replaced under the version check, while traffic flows.
/// </summary>
public sealed class StateRebuilder(NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>Compares, and replaces when asked to.</summary>
    /// <param name="request">What to look at.</param>
    /// <param name="onDifference">Called for each difference, and once for a state that could not be judged or replaced.</param>
    /// <param name="onProgress">Called after each portion.</param>
    /// <param name="cancellationToken">Stops; what was replaced stays replaced.</param>
    /// <returns>The final counts.</returns>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<RebuildProgress> RunAsync(
        RebuildRequest request,
        Action<StateDifference> onDifference,
        Action<RebuildProgress>? onProgress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(onDifference);
        var run = new RebuildRun(source, request, time, onDifference, onProgress ?? (_ => { }));
        foreach (var kind in (GrainKind[])[GrainKind.Customer, GrainKind.Merchant])
        {
            await foreach (var keys in new KeyPager(source, request).ReadAsync(kind, cancellationToken))
            {
                await run.CompareAsync(kind, keys, cancellationToken);
            }
        }

        return run.Progress;
    }
}
