using Levee.Streaming.Kafka;

namespace Levee.Cli.DeadLetters;

/// <summary>Which letters a replay is about to produce.</summary>
internal sealed class ReplayPlan
{
    private readonly HashSet<DeadLetterId> _ids = [];
    private readonly SortedDictionary<string, int> _origins = new(StringComparer.Ordinal);
    private int _alreadyReplayed;
    private int _withoutOrigin;
    private int _withoutValue;

    private ReplayPlan()
    {
    }

    /// <summary>Number of letters.</summary>
    public int Count => _ids.Count;

    /// <summary>Letters of each topic.</summary>
    public IReadOnlyDictionary<string, int> Origins => _origins;

    /// <summary>Makes a plan.</summary>
    /// <param name="topic">The letters.</param>
    /// <param name="ids">Letters that are asked for by name; empty for all that are wanted.</param>
    /// <param name="isWanted">Whether a letter is wanted.</param>
    /// <param name="again">Also those that have been replayed.</param>
    /// <param name="cancellationToken">Gives up reading.</param>
    /// <exception cref="CliException">There is no letter of one of the ids.</exception>
    public static ReplayPlan Make(
        DeadLetterTopic topic, HashSet<DeadLetterId> ids, Func<DeadLetter, bool> isWanted, bool again, CancellationToken cancellationToken)
    {
        var plan = new ReplayPlan();
        var missing = new HashSet<DeadLetterId>(ids);
        foreach (var letter in topic.Letters(cancellationToken))
        {
            missing.Remove(letter.Id);
            if ((ids.Count == 0 || ids.Contains(letter.Id)) && isWanted(letter))
            {
                plan.Add(letter, isReplayed: !again && topic.IsReplayed(letter.Id));
            }
        }

        return missing.Count == 0
            ? plan
            : throw new CliException($"There is no dead letter {string.Join(", ", missing)} in {topic.Name}.");
    }

    /// <summary>Whether a letter is part of it.</summary>
    public bool Includes(DeadLetter letter) => _ids.Contains(letter.Id);

    /// <summary>The plan in a line.</summary>
    public string Describe()
    {
        var parts = new List<string>();
        parts.Add(Count == 0 ? "No letters to replay" : $"{Count} to replay ({string.Join(", ", _origins.Select(o => $"{o.Value} to {o.Key}"))})");
        if (_alreadyReplayed > 0)
        {
            parts.Add($"{_alreadyReplayed} replayed already (--again sends them once more)");
        }

        if (_withoutOrigin > 0)
        {
            parts.Add($"{_withoutOrigin} do not say where they came from");
        }

        if (_withoutValue > 0)
        {
            parts.Add($"{_withoutValue} came without their value, which was too large: their records are in the topic that they came from");
        }

        return string.Join("; ", parts) + ".";
    }

    private void Add(DeadLetter letter, bool isReplayed)
    {
        if (isReplayed)
        {
            _alreadyReplayed++;
        }
        else if (letter.OriginTopic is not { } origin)
        {
            _withoutOrigin++;
        }
        else if (letter.Header(KafkaDeadLetterHeaders.ValueBytes) is not null)
        {
            _withoutValue++;
        }
        else
        {
            _ids.Add(letter.Id);
            _origins[origin] = _origins.GetValueOrDefault(origin) + 1;
        }
    }
}
