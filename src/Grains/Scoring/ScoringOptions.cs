using System.ComponentModel.DataAnnotations;

namespace Levee.Grains.Scoring;

// "Levee": { "Scoring": { "ScoreArriving": true, "PublishScores": true, "ColdReadMilliseconds": 20, "Reasons": 5, "ExplainFrauds": false } }

/// <summary>How transactions are scored; configuration section <c>Levee:Scoring</c>.</summary>
public sealed class ScoringOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Levee:Scoring";

    /// <summary>Whether transactions that arrive on Kafka are scored and logged too. Defaults to true.</summary>
    public bool ScoreArriving { get; set; } = true;

    /// <summary>Whether scores of arriving transactions are published to <see cref="ScoresTopic"/>. Defaults to true.</summary>
    public bool PublishScores { get; set; } = true;

    /// <summary>Topic of the published scores. Defaults to "fraud-scores".</summary>
    [Required]
    public string ScoresTopic { get; set; } = "fraud-scores";

    /// <summary>How many reasons an explained score gives, 1 to 50. Defaults to 5.</summary>
    [Range(1, 50)]
    public int Reasons { get; set; } = 5;

    /// <summary>Whether /predict gives reasons also unasked when the probability reaches the threshold. Defaults to false.</summary>
    public bool ExplainFrauds { get; set; }

    /// <summary>How long /predict waits for the history of a cold key, in milliseconds, 1 to 10,000. Defaults to 20.</summary>
    [Range(1, 10_000)]
    public int ColdReadMilliseconds { get; set; } = 20;

    /// <summary>How long an arriving transaction waits for its merchant's history, in milliseconds, 1 to 60,000. Defaults to 5,000.</summary>
    [Range(1, 60_000)]
    public int ArrivingReadMilliseconds { get; set; } = 5_000;
}
