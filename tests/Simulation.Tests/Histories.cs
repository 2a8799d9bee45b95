namespace Levee.Simulation.Tests;

/// <summary>Histories that several tests look at.</summary>
internal static class Histories
{
    private static readonly Lazy<SimulatedTransaction[]> Lazy = new(() => [.. new TransactionSimulator(new SimulationOptions()).History()]);

    /// <summary>All of the history with the default settings.</summary>
    public static SimulatedTransaction[] Default => Lazy.Value;

    public static SimulatedTransaction[] Of(Action<SimulationOptions> change)
    {
        var options = new SimulationOptions { Days = 10 };
        change(options);
        return [.. new TransactionSimulator(options).History()];
    }

    public static void AssertShare(double expected, long part, long whole)
    {
        // Five standard deviations.
        var slack = 5 * Math.Sqrt(expected * (1 - expected) / whole);
        Assert.InRange((double)part / whole, expected - slack, expected + slack);
    }
}
