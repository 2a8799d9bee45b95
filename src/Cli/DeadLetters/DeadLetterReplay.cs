using System.Text;
using Confluent.Kafka;
using Levee.Cli.Kafka;
using Levee.Streaming.Kafka;

namespace Levee.Cli.DeadLetters;

/// <summary>
/// Produces letters to the topics that they came from: the same key, value, headers and timestamp, into the same partition. The record comes
/// first and the marker when the brokers have it. A replay that is killed in between sends up to a batch again the next time, which the
/// grains recognise by transaction_id; the other order could lose a record, which nobody would notice. For the same reason two replays of
/// one topic at the same time can send a letter twice.
/// </summary>
internal sealed class DeadLetterReplay : IDisposable
{
    // What is under way at once, and so what a kill can repeat.
    private const int BatchSize = 500;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly string _letters;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly Dictionary<string, int> _partitions;

    public DeadLetterReplay(string servers, string letters)
    {
        _letters = letters;
        _producer = KafkaClients.IdempotentProducer(servers);
        try
        {
            using var admin = new DependentAdminClientBuilder(_producer.Handle).Build();
            _partitions = admin.GetMetadata(Timeout).Topics.Where(t => !t.Error.IsError).ToDictionary(t => t.Topic, t => t.Partitions.Count);
        }
        catch
        {
            _producer.Dispose();
            throw;
        }
    }

    /// <summary>How many letters were replayed.</summary>
    public int Replayed { get; private set; }

    /// <summary>Whether the topic that letters came from is there.</summary>
    public bool HasTopic(string topic) => _partitions.ContainsKey(topic);

    /// <summary>Replays letters, in their order.</summary>
    /// <param name="letters">Letters with an origin whose topic is there.</param>
    /// <param name="progress">Told how many more are done, after each batch.</param>
    /// <param name="cancellationToken">Ends it after the batch under way.</param>
    /// <exception cref="CliException">The brokers did not take a record; those before it, and their markers, are there.</exception>
    public async Task RunAsync(IEnumerable<DeadLetter> letters, Action<int> progress, CancellationToken cancellationToken)
    {
        foreach (var batch in letters.Chunk(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var sent = batch.Select(letter => (Letter: letter, Report: SendAsync(letter))).ToArray();
            var error = await AllAsync(sent.Select(s => s.Report));

            // Not cancelled, and also when some failed: a record that is there without its marker would be sent again.
            var markers = sent.Where(s => s.Report.IsCompletedSuccessfully).Select(s => MarkAsync(s.Letter.Id, s.Report.Result)).ToArray();
            var unmarked = await AllAsync(markers);
            var done = markers.Count(marker => marker.IsCompletedSuccessfully);
            Replayed += done;
            progress(done);
            if (error is not null)
            {
                throw new CliException($"A letter could not be replayed, {Replayed} were: {error.Error.Reason}.", error);
            }

            if (unmarked is not null)
            {
                throw new CliException(
                    $"{markers.Length - done} letters were replayed but could not be marked so, and would be sent again: {unmarked.Error.Reason}.",
                    unmarked);
            }
        }
    }

    public void Dispose() => _producer.Dispose();

    private static async Task<KafkaException?> AllAsync(IEnumerable<Task> tasks)
    {
        try
        {
            await Task.WhenAll(tasks);
            return null;
        }
        catch (KafkaException exception)
        {
            return exception;
        }
    }

    private Task<DeliveryResult<byte[]?, byte[]?>> SendAsync(DeadLetter letter)
    {
        var topic = letter.OriginTopic!;
        var partition = letter.OriginPartition is { } origin && origin < _partitions[topic] ? new Partition(origin) : Partition.Any;
        return _producer.ProduceAsync(new TopicPartition(topic, partition), new Message<byte[]?, byte[]?>
        {
            Key = letter.Key,
            Value = letter.Value,
            Headers = HeadersOf(letter),

            // A label without a time of its own was observed at its record's.
            Timestamp = letter.OriginTimestamp is { } time ? new Timestamp(time, TimestampType.CreateTime) : Timestamp.Default,
        });
    }

    private Task MarkAsync(DeadLetterId id, DeliveryResult<byte[]?, byte[]?> sent) => _producer.ProduceAsync(
        new TopicPartition(_letters, id.Partition),
        new Message<byte[]?, byte[]?>
        {
            Headers = new Headers
            {
                { ReplayHeaders.MarkerOf, Encoding.UTF8.GetBytes(id.ToString()) },
                { ReplayHeaders.MarkerTo, Encoding.UTF8.GetBytes(DeadLetter.Position(sent.Topic, sent.Partition.Value, sent.Offset.Value)) },
            },
        });

    private Headers HeadersOf(DeadLetter letter)
    {
        var headers = new Headers();
        foreach (var header in letter.Headers.Where(h => !h.Key.StartsWith(KafkaDeadLetterHeaders.Prefix, StringComparison.Ordinal) && h.Key != ReplayHeaders.From))
        {
            headers.Add(header.Key, header.GetValueBytes());
        }

        headers.Add(ReplayHeaders.From, Encoding.UTF8.GetBytes(DeadLetter.Position(_letters, letter.Id.Partition, letter.Id.Offset)));
        if (letter.Header(ReplayHeaders.Origin) is null)
        {
            headers.Add(ReplayHeaders.Origin, Encoding.UTF8.GetBytes(letter.Origin));
        }

        return headers;
    }
}
