namespace Levee.Grains;

/// <summary>How far the version in production has drifted: what its matured predictions are worth, and how its inputs moved.</summary>
[GenerateSerializer, Immutable, Alias("levee.DriftReport")]
public sealed record DriftReport
{
    /// <summary>The version, such as "v1".</summary>
    [Id(0)] public required string ModelVersion { get; init; }

    /// <summary>When it was measured.</summary>
    [Id(1)] public required DateTimeOffset MeasuredAt { get; init; }

    /// <summary>Predictions whose labels are mature, in the period that counts.</summary>
    [Id(2)] public required int MaturedPredictions { get; init; }

    /// <summary>Frauds among them.</summary>
    [Id(3)] public required int Frauds { get; init; }

    /// <summary>AUC of these predictions, 0 to 1; null when there are too few to mean anything.</summary>
    [Id(4)] public double? CurrentAuc { get; init; }

    /// <summary>Lower end of the AUC's 95 % interval (Hanley and McNeil 1982).</summary>
    [Id(5)] public double? CurrentAucLow { get; init; }

    /// <summary>Upper end of that interval.</summary>
    [Id(6)] public double? CurrentAucHigh { get; init; }

    /// <summary>The AUC on held-out time that it is compared with.</summary>
    [Id(7)] public required double BaselineAuc { get; init; }

    /// <summary>The fall that calls for training, in percent of the baseline.</summary>
    [Id(8)] public required double MaxDegradationPercent { get; init; }

    /// <summary>Each feature's move; empty before there are predictions.</summary>
    [Id(9)] public required FeatureDrift[] Features { get; init; }

    /// <summary>How far the AUC has fallen, in percent of the baseline; below 0 when it rose; null when it was not measured.</summary>
    public double? DegradationPercent => (BaselineAuc - CurrentAuc) / BaselineAuc * 100;

    /// <summary>Whether that calls for training; null when it was not measured.</summary>
    public bool? HasDrifted => DegradationPercent is { } fall ? fall > MaxDegradationPercent : null;
}
