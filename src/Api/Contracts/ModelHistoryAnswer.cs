using System.ComponentModel;
using System.Text.Json.Serialization;
using Levee.Grains;

namespace Levee.Api.Contracts;

/// <summary>Changes of stages, newest first.</summary>
internal sealed record ModelHistoryAnswer(
    [property: JsonPropertyName("changes"), Description("Newest first.")] ModelHistoryAnswer.Change[] Changes)
{
    public static ModelHistoryAnswer From(ModelStageChange[] changes) => new([.. changes.Select(change => new Change
    {
        Version = change.Version,
        FromStage = change.From,
        ToStage = change.To,
        At = change.At,
        Who = change.Who,
        Why = change.Why,
        IsRollback = change.IsRollback,
        Metrics = Numbers.ByName(change.Metrics),
    })]);

    /// <summary>One change.</summary>
    internal sealed record Change
    {
        [JsonPropertyName("version"), Description("Such as v1.")]
        public required string Version { get; init; }

        [JsonPropertyName("from_stage")]
        public required string FromStage { get; init; }

        [JsonPropertyName("to_stage")]
        public required string ToStage { get; init; }

        [JsonPropertyName("at")]
        public required DateTimeOffset At { get; init; }

        [JsonPropertyName("who")]
        public required string Who { get; init; }

        [JsonPropertyName("why")]
        public required string Why { get; init; }

        [JsonPropertyName("is_rollback"), Description("True for both halves of a rollback.")]
        public required bool IsRollback { get; init; }

        [JsonPropertyName("metrics"), Description("The version's metrics at that moment.")]
        public required Dictionary<string, double?> Metrics { get; init; }
    }
}
