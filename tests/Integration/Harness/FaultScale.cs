using System.Globalization;

namespace Levee.Integration.Harness;

/// <summary>
/// How large the tests of faults are: thinned for the suite, whole when <c>scripts/soak.sh streaming</c> asks for it by the environment.
/// </summary>
/// <param name="Transactions">Transactions of each test.</param>
/// <param name="PerSecond">The rate at which they are produced.</param>
/// <param name="Kills">How many silos are killed.</param>
/// <param name="Outage">How long PostgreSQL, a broker and a frozen silo are away.</param>
/// <param name="Results">A file that takes the results as a table, or null.</param>
public sealed record FaultScale(int Transactions, int PerSecond, int Kills, TimeSpan Outage, string? Results)
{
    /// <summary>What the environment says.</summary>
    public static FaultScale Current { get; } = new(
        Number("LEVEE_SOAK_TRANSACTIONS", 20_000),
        Number("LEVEE_SOAK_RATE", 250),
        Number("LEVEE_SOAK_KILLS", 2),
        TimeSpan.FromSeconds(Number("LEVEE_SOAK_OUTAGE", 10)),
        Environment.GetEnvironmentVariable("LEVEE_SOAK_RESULTS"));

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
