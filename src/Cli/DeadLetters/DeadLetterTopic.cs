using Levee.Cli.Kafka;

namespace Levee.Cli.DeadLetters;

/// <summary>
/// The letters of a dead-letter topic at one moment, and which of them have been replayed. A replay writes a marker behind each letter, into
/// the same partition: a record without value whose header names the letter. So what was replayed is remembered exactly as long as the
/// letters themselves: retention removes a letter before its marker, a topic that is created anew has neither, and nobody needs a database
/// that belongs to the same cluster. A group's committed offsets could not say it, since a selection is no prefix of the topic.
/// </summary>
internal sealed class DeadLetterTopic
{
    private readonly TopicSnapshot _snapshot;
    private readonly HashSet<DeadLetterId> _replayed;

    private DeadLetterTopic(TopicSnapshot snapshot, HashSet<DeadLetterId> replayed)
    {
        _snapshot = snapshot;
        _replayed = replayed;
    }

    public string Name => _snapshot.Topic;

    /// <summary>Opens a topic and reads its markers.</summary>
    /// <exception cref="CliException">No broker answers, or there is no such topic.</exception>
    public static DeadLetterTopic Open(string servers, string topic, CancellationToken cancellationToken)
    {
        var snapshot = TopicSnapshot.Take(servers, topic);
        var replayed = snapshot.Read(cancellationToken)
            .Select(record => MarkedBy(new DeadLetter(record))).OfType<DeadLetterId>().ToHashSet();
        return new DeadLetterTopic(snapshot, replayed);
    }

    /// <summary>All letters, each partition's in order; read anew each time.</summary>
    public IEnumerable<DeadLetter> Letters(CancellationToken cancellationToken) =>
        _snapshot.Read(cancellationToken).Select(record => new DeadLetter(record)).Where(letter => MarkedBy(letter) is null);

    /// <summary>One letter.</summary>
    /// <exception cref="CliException">There is none of that id.</exception>
    public DeadLetter Find(DeadLetterId id, CancellationToken cancellationToken)
    {
        var record = _snapshot.Has(id.Partition, id.Offset) ? _snapshot.Read(id.Partition, id.Offset, cancellationToken).FirstOrDefault() : null;
        return record?.Offset.Value == id.Offset && new DeadLetter(record) is var letter && MarkedBy(letter) is null
            ? letter
            : throw new CliException($"There is no dead letter {id} in {Name}.");
    }

    /// <summary>Whether a letter has been replayed.</summary>
    public bool IsReplayed(DeadLetterId id) => _replayed.Contains(id);

    private static DeadLetterId? MarkedBy(DeadLetter record) =>
        record.Header(ReplayHeaders.MarkerOf) is { } text && DeadLetterId.TryRead(text, out var id) ? id : null;
}
