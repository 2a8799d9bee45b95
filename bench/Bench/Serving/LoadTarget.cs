namespace Levee.Bench.Serving;

/// <summary>What wrk posts to, and whose cost it is.</summary>
/// <param name="Name">As the table says.</param>
/// <param name="Address">The service.</param>
/// <param name="Path">The path, with the query.</param>
/// <param name="Servers">The processes that answer, with where each one's metrics are; null where it has none.</param>
internal sealed record LoadTarget(string Name, Uri Address, string Path, IReadOnlyList<(int ProcessId, Uri? Metrics)> Servers)
{
    /// <summary>Rows of a batch; 0 for requests of one transaction.</summary>
    public int Rows { get; init; }

    /// <summary>Whether each answer is a row of the prediction log.</summary>
    public bool IsLogged { get; init; }

    /// <summary>Requests at one time.</summary>
    public int Connections { get; init; } = 32;
}
