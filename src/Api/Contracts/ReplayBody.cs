using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Levee.Api.Contracts;

/// <summary>What to replay: from an offset or from a time.</summary>
internal sealed record ReplayBody(
    [property: JsonPropertyName("topic"), Description("The topic; \"transactions\" when absent.")] string? Topic = null,
    [property: JsonPropertyName("partition"), Description("Only this partition; all when absent.")] int? Partition = null,
    [property: JsonPropertyName("offset"), Description("The first offset to deliver once more.")] long? Offset = null,
    [property: JsonPropertyName("from"), Description("The Kafka timestamp to begin at, ISO 8601 or epoch milliseconds.")] DateTimeOffset? From = null);
