using System.ComponentModel.DataAnnotations;

namespace Levee.Grains.Tracking;

// "Levee": { "MLflow": { "TrackingUri": "http://mlflow:5000", "Experiment": "levee", "RegisteredModel": "fraud-detector" } }

/// <summary>An MLflow server that runs are written to as well; configuration section <c>Levee:MLflow</c>.</summary>
public sealed class MlflowOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Levee:MLflow";

    /// <summary>The server's address. Empty means none.</summary>
    public string TrackingUri { get; set; } = "";

    /// <summary>Name of the experiment, which is made when it is missing. Defaults to "levee".</summary>
    [Required]
    public string Experiment { get; set; } = "levee";

    /// <summary>Name of the registered model, which is made when it is missing. Defaults to "fraud-detector".</summary>
    [Required]
    public string RegisteredModel { get; set; } = "fraud-detector";

    /// <summary>Bearer token, or empty.</summary>
    public string Token { get; set; } = "";

    /// <summary>How often a request is tried, 1 to 10. Defaults to 3.</summary>
    [Range(1, 10)]
    public int Attempts { get; set; } = 3;

    /// <summary>Seconds until a request is given up, 1 to 300. Defaults to 10.</summary>
    [Range(1, 300)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>Seconds that all of a run's requests may take together, 1 to 3,600. Defaults to 60.</summary>
    [Range(1, 3_600)]
    public int TotalSeconds { get; set; } = 60;
}
