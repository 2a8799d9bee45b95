using System.ComponentModel.DataAnnotations;
using Levee.Simulation;

namespace Levee.Silo.FirstStart;

// "Levee": { "Demo": { "History": true, "Live": true, "Seed": 1, "Customers": 1000, "Merchants": 500, "Days": 60, "Rate": 1 } }

/// <summary>Simulated history for the first model and simulated live traffic; configuration section <c>Levee:Demo</c>.</summary>
internal sealed class DemoOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Levee:Demo";

    /// <summary>
    /// Whether simulated history is loaded when there is neither a model nor a transaction. Null, the default, means: with the embedded
    /// PostgreSQL only, never into a database of one's own.
    /// </summary>
    public bool? History { get; set; }

    /// <summary>Whether simulated transactions flow. Null, the default, means: with the embedded broker only.</summary>
    public bool? Live { get; set; }

    /// <summary>The number that all of the simulation follows from. Defaults to 1.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Simulated customers, 10 to 1,000,000. Defaults to 1,000.</summary>
    [Range(10, 1_000_000)]
    public int Customers { get; set; } = 1_000;

    /// <summary>Simulated merchants, 5 to 1,000,000. Defaults to 500.</summary>
    [Range(5, 1_000_000)]
    public int Merchants { get; set; } = 500;

    /// <summary>Days of history, 25 to 730. Defaults to 60.</summary>
    [Range(25, 730)]
    public int Days { get; set; } = 60;

    /// <summary>How many days before now the history ends, 0 to 730. Defaults to 0.</summary>
    [Range(0, 730)]
    public int HistoryEndsDaysAgo { get; set; }

    /// <summary>Live transactions a second, 0.1 to 100,000. Defaults to 1: faster is a velocity that the customers of the history never had.</summary>
    [Range(0.1, 100_000)]
    public double Rate { get; set; } = 1;

    /// <summary>How a simulated transaction's partition follows from its customer: modulo, the default, or murmur2.</summary>
    public ProducerPartitioner Partitioner { get; set; } = ProducerPartitioner.Modulo;

    /// <summary>The simulation that these settings describe.</summary>
    /// <param name="now">The clock; history ends before it, on a whole minute.</param>
    public SimulationOptions ToSimulation(DateTimeOffset now)
    {
        var end = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero) - TimeSpan.FromDays(HistoryEndsDaysAgo);
        return new SimulationOptions { Seed = Seed, Customers = Customers, Merchants = Merchants, Days = Days, Start = end - TimeSpan.FromDays(Days) };
    }
}
