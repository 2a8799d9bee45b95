namespace Levee.Cli.DeadLetters;

/// <summary>Headers that a replay writes; UTF-8 text.</summary>
internal static class ReplayHeaders
{
    /// <summary>On a replayed record: the letter that it comes from, topic/partition@offset. A new letter keeps it.</summary>
    public const string From = "replayed-from";

    /// <summary>On a replayed record: where it first was, topic/partition@offset, however often it has been replayed.</summary>
    public const string Origin = "replayed-origin";

    /// <summary>On a marker: the letter of the same partition that has been replayed, partition:offset.</summary>
    public const string MarkerOf = "replay-marker-of";

    /// <summary>On a marker: where the replayed record is, topic/partition@offset.</summary>
    public const string MarkerTo = "replay-marker-to";
}
