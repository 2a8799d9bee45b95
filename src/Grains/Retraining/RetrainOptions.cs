using System.ComponentModel.DataAnnotations;

namespace Levee.Grains.Retraining;

// "Levee": { "Retrain": { "Enabled": true, "TimeOfDayUtc": "02:00", "MaxDegradationPercent": 5, "TrainingDays": 30 } }

/// <summary>When and how to retrain; configuration section <c>Levee:Retrain</c>.</summary>
public sealed class RetrainOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Levee:Retrain";

    /// <summary>Whether the daily reminder is registered. Defaults to true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Time of day in UTC of the daily check. Defaults to 02:00.</summary>
    public TimeOnly TimeOfDayUtc { get; set; } = new(2, 0);

    /// <summary>How far back predictions count for drift, in days, 1 to 365. Defaults to 30.</summary>
    [Range(1, 365)]
    public int DriftDays { get; set; } = 30;

    /// <summary>Fall of the AUC against the baseline that calls for training, in percent of the baseline, 0.1 to 50. Defaults to 5.</summary>
    [Range(0.1, 50)]
    public double MaxDegradationPercent { get; set; } = 5;

    /// <summary>Matured predictions that the AUC needs to mean anything. Defaults to 500.</summary>
    [Range(10, 10_000_000)]
    public int MinPredictions { get; set; } = 500;

    /// <summary>Frauds among them that it needs. Defaults to 20.</summary>
    [Range(1, 1_000_000)]
    public int MinFrauds { get; set; } = 20;

    /// <summary>Days of transactions, those whose labels are mature, that become rows, 21 to 730: the last seven are the test, and the seven before those
    /// are left out, since their labels were not known when the test began. Defaults to 30.</summary>
    [Range(21, 730)]
    public int TrainingDays { get; set; } = 30;

    /// <summary>Days before those that are only folded, so that the first training row has full windows, 0 to 730. Defaults to 37.</summary>
    [Range(0, 730)]
    public int WarmUpDays { get; set; } = 37;

    /// <summary>
    /// Most transactions that a run reads, warm-up included, 10,000 to 1,000,000,000: all are in the silo's memory at once. With more the run
    /// fails and says so: take fewer days, or give the silos that train the memory. Defaults to 5,000,000.
    /// </summary>
    [Range(10_000, 1_000_000_000)]
    public long MaxTransactions { get; set; } = 5_000_000;

    /// <summary>How long every silo may take to serve a promoted version, in seconds, 1 to 600. Defaults to 30.</summary>
    [Range(1, 600)]
    public int ValidateSeconds { get; set; } = 30;

    /// <summary>Random state of the training. Defaults to 42.</summary>
    public int Seed { get; set; } = 42;
}
