using System.CommandLine;
using Levee.Simulation;

namespace Levee.Cli.Commands;

/// <summary>The options of <c>levee simulate</c>, and the settings that they make.</summary>
internal sealed class SimulateOptions
{
    private const string PartitionerKey = "Levee:Demo:Partitioner";
    private static readonly SimulationOptions Default = new();

    private readonly Option<string> _servers = CommonOptions.BootstrapServers();

    private readonly Option<string> _topic = new("--topic") { Description = "Topic of transactions.", DefaultValueFactory = _ => "transactions" };

    private readonly Option<string> _labelTopic = new("--label-topic")
    {
        Description = "Topic of labels; an empty text for none.",
        DefaultValueFactory = _ => "labels",
    };

    private readonly Option<int?> _partitions = CommonOptions.OptionalNumber(
        "--partitions", "Transactions go to the first partitions only, this many; to all that the topic has when absent.", 1, 100_000);

    private readonly Option<ProducerPartitioner> _partitioner = new("--partitioner")
    {
        Description = $"How the partition follows from the customer: modulo of the id, or murmur2 of the key like Kafka's Java clients. " +
            $"Defaults to {PartitionerKey}, else modulo.",
        HelpName = "modulo|murmur2",
        DefaultValueFactory = _ => CliConfiguration.Load()[PartitionerKey] is { Length: > 0 } text
            ? ReadPartitioner(text) ?? throw new CliException($"{PartitionerKey} must be modulo or murmur2, not '{text}'.") { Code = ExitCodes.Usage }
            : default,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (ReadPartitioner(text) is { } partitioner)
            {
                return partitioner;
            }

            result.AddError($"--partitioner must be modulo or murmur2, not '{text}'.");
            return default;
        },
    };

    private readonly Option<double?> _rate = CommonOptions.OptionalNumber(
        "--rate", "Transactions per second. Live: 10 when absent. Replay: as many as the brokers take.", 0.000_1, 10_000_000);

    private readonly Option<long?> _count = CommonOptions.OptionalNumber("--count", "Stop after that many records.", 1, long.MaxValue);

    private readonly Option<TimeSpan?> _duration = new("--duration")
    {
        Description = "Stop after a time, such as 90s, 15m or 2h.",
        CustomParser = CommonOptions.ParseDuration,
    };

    private readonly Option<bool> _replay = new("--replay")
    {
        Description = "Produce the history of --days days from --start on with its own event times, instead of transactions that happen now.",
    };

    private readonly Option<DateTimeOffset?> _start = new("--start")
    {
        Description = $"First event time of a replay; {Default.Start:yyyy-MM-dd} when absent.",
        CustomParser = CommonOptions.ParseTime,
    };

    private readonly Option<int> _days = CommonOptions.Number("--days", "Length of a replay in days.", 1, 3_660, Default.Days);

    private readonly Option<long> _seed = CommonOptions.Number(
        "--seed", "The number that everything random comes from.", long.MinValue, long.MaxValue, Default.Seed);

    private readonly Option<int> _customers = CommonOptions.Number("--customers", "Number of customers.", 1, 10_000_000, Default.Customers);

    private readonly Option<int> _merchants = CommonOptions.Number("--merchants", "Number of merchants.", 1, 1_000_000, Default.Merchants);

    private readonly Option<double> _fraudRate = CommonOptions.Number("--fraud-rate", "Share of frauds.", 0, 0.2, Default.FraudRate);

    private readonly Option<double> _late = CommonOptions.Share("--late", "Share of late deliveries.", Default.LateShare);
    private readonly Option<double> _duplicates = CommonOptions.Share("--duplicates", "Share of repeated deliveries.", Default.DuplicateShare);
    private readonly Option<double> _poison = CommonOptions.Share("--poison", "Unusable records for each usable one.", 0);

    private readonly Option<double> _early = CommonOptions.Share(
        "--early-labels", "Share of frauds whose message says so at once.", Default.EarlyLabelShare);

    private readonly Option<bool> _shift = new("--shift")
    {
        Description = "Fraud follows another pattern from the start: small amounts at usual merchants, by night. Old models do not find it.",
    };

    private readonly Option<DateTimeOffset?> _shiftFrom = new("--shift-from")
    {
        Description = "Fraud follows the other pattern from this event time on.",
        CustomParser = CommonOptions.ParseTime,
    };

    private readonly Option<TimeSpan?> _labelDelay = new("--label-delay")
    {
        Description = "Mean time from a transaction to its label; 2d when absent.",
        CustomParser = CommonOptions.ParseDuration,
    };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "A file that takes what was produced as JSON lines, with what only the simulator knows.",
        HelpName = "file",
    };

    public void AddTo(Command command)
    {
        Option[] all =
        [
            _servers, _topic, _labelTopic, _partitions, _partitioner, _rate, _count, _duration, _replay, _start, _days, _seed, _customers, _merchants,
            _fraudRate, _late, _duplicates, _poison, _early, _shift, _shiftFrom, _labelDelay, _out,
        ];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(_start) is not null && (result.GetResult(_replay) is null or { Implicit: true }))
            {
                result.AddError("--start is for --replay only: what happens live happens now.");
            }
        });
    }

    /// <summary>Records per second; null for as many as possible.</summary>
    public double? Rate(ParseResult parsed) => parsed.GetValue(_rate);

    public bool IsReplay(ParseResult parsed) => parsed.GetValue(_replay);

    public string? Output(ParseResult parsed) => parsed.GetValue(_out);

    public SimulationOptions Simulation(ParseResult parsed)
    {
        var delay = parsed.GetValue(_labelDelay);
        return new SimulationOptions
        {
            Seed = parsed.GetValue(_seed),
            Customers = parsed.GetValue(_customers),
            Merchants = parsed.GetValue(_merchants),
            Start = parsed.GetValue(_start) ?? Default.Start,
            Days = parsed.GetValue(_days),
            FraudRate = parsed.GetValue(_fraudRate),
            LateShare = parsed.GetValue(_late),
            DuplicateShare = parsed.GetValue(_duplicates),
            EarlyLabelShare = parsed.GetValue(_early),
            ShiftFrom = parsed.GetValue(_shift) ? DateTimeOffset.UnixEpoch : parsed.GetValue(_shiftFrom),
            LabelDelayMean = delay ?? Default.LabelDelayMean,
            LabelDelayMin = delay is { } mean && mean < Default.LabelDelayMin ? TimeSpan.Zero : Default.LabelDelayMin,
        };
    }

    public KafkaSimulatorOptions Kafka(ParseResult parsed) => new()
    {
        BootstrapServers = parsed.GetRequiredValue(_servers),
        Topic = parsed.GetRequiredValue(_topic),
        LabelTopic = parsed.GetValue(_labelTopic) is { Length: > 0 } topic ? topic : null,
        Partitions = parsed.GetValue(_partitions),
        Partitioner = parsed.GetValue(_partitioner),
        MaxRecords = parsed.GetValue(_count),
        Duration = parsed.GetValue(_duration),
        PoisonShare = parsed.GetValue(_poison),
    };

    private static ProducerPartitioner? ReadPartitioner(string text) => text.ToUpperInvariant() switch
    {
        "MODULO" => ProducerPartitioner.Modulo,
        "MURMUR2" => ProducerPartitioner.Murmur2,
        _ => null,
    };
}
