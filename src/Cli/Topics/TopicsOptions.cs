using System.CommandLine;
using System.CommandLine.Parsing;
using Levee.Grains.Hosting;
using Levee.Grains.Scoring;
using Levee.Grains.Topics;

namespace Levee.Cli.Topics;

/// <summary>The options of <c>levee topics</c>, and the topics that they and the configuration ask for.</summary>
internal sealed class TopicsOptions
{
    private const string Otherwise = $"{TopicOptions.Section}:";

    private readonly Option<string> _servers = CommonOptions.BootstrapServers();

    private readonly Option<int?> _partitions = CommonOptions.OptionalNumber(
        "--partitions", $"Partitions of each topic; {Otherwise}{nameof(TopicOptions.Partitions)} when absent, which is 12 by default.", 1, 10_000);

    private readonly Option<int?> _replication = CommonOptions.OptionalNumber(
        "--replication", $"Replicas of each partition; {Otherwise}{nameof(TopicOptions.ReplicationFactor)} when absent, 3 by default.", 1, 100);

    private readonly Option<int?> _retention = CommonOptions.OptionalNumber(
        "--retention-days", $"Days that records are kept; {Otherwise}{nameof(TopicOptions.RetentionDays)} when absent, 7 by default.", 1, 36_500);

    private readonly Option<int?> _letters = CommonOptions.OptionalNumber(
        "--dead-letter-retention-days",
        $"Days that dead letters are kept; {Otherwise}{nameof(TopicOptions.DeadLetterRetentionDays)} when absent, 30 by default.",
        1,
        36_500);

    private readonly Option<string?> _compression = new("--compression")
    {
        Description = $"How records are stored; {Otherwise}{nameof(TopicOptions.CompressionType)} when absent, zstd by default.",
        HelpName = "type",
    };

    private readonly Option<KeyValuePair<string, string>[]> _config = new("--config")
    {
        Description = $"A further topic setting, such as min.insync.replicas=2, beside those of {Otherwise}{nameof(TopicOptions.Config)}.",
        HelpName = "name=value",
        CustomParser = ReadSettings,
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _servers, _partitions, _replication, _retention, _letters, _compression, _config })
        {
            command.Options.Add(option);
        }
    }

    public string Servers(ParseResult parsed) => parsed.GetRequiredValue(_servers);

    /// <summary>The topics as they should be.</summary>
    /// <exception cref="CliException">A setting is wrong; the message names its key.</exception>
    public IReadOnlyList<WantedTopic> Wanted(ParseResult parsed)
    {
        var configuration = CliConfiguration.Load();
        var topics = configuration.Section<TopicOptions>(TopicOptions.Section);
        topics.Partitions = parsed.GetValue(_partitions) ?? topics.Partitions;
        topics.ReplicationFactor = parsed.GetValue(_replication) ?? topics.ReplicationFactor;
        topics.RetentionDays = parsed.GetValue(_retention) ?? topics.RetentionDays;
        topics.DeadLetterRetentionDays = parsed.GetValue(_letters) ?? topics.DeadLetterRetentionDays;
        topics.CompressionType = parsed.GetValue(_compression) ?? topics.CompressionType;
        foreach (var (name, value) in parsed.GetValue(_config) ?? [])
        {
            topics.Config[name] = value;
        }

        return new TopicOptionsValidator().Validate(null, topics) is { Failed: true } wrong
            ? throw new CliException(wrong.FailureMessage) { Code = ExitCodes.Usage }
            : LeveeTopics.Of(
                configuration.Section<KafkaOptions>(KafkaOptions.Section), configuration.Section<ScoringOptions>(ScoringOptions.Section), topics);
    }

    private static KeyValuePair<string, string>[] ReadSettings(ArgumentResult result)
    {
        var settings = new List<KeyValuePair<string, string>>();
        foreach (var token in result.Tokens)
        {
            var equals = token.Value.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                settings.Add(new(token.Value[..equals], token.Value[(equals + 1)..]));
            }
            else
            {
                result.AddError($"'{token.Value}' is not a topic setting, such as min.insync.replicas=2.");
            }
        }

        return [.. settings];
    }
}
