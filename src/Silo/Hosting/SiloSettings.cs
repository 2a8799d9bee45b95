using Levee.Grains.Hosting;
using Levee.Grains.Scoring;
using Levee.Grains.Topics;
using Levee.Silo.FirstStart;

namespace Levee.Silo.Hosting;

/// <summary>What the start needs to know before there is a host.</summary>
internal sealed class SiloSettings
{
    private static readonly string[] AllRoles = ["api", "stream", "train"];

    private SiloSettings(IConfiguration configuration, SiloArguments arguments)
    {
        Configuration = configuration;
        DataDirectory = Path.GetFullPath(arguments.DataDirectory ?? configuration["Levee:Data"] ?? ".levee");
        Port = arguments.Port ?? configuration.GetValue("Levee:Port", 8000);
        PostgresConnectionString = configuration["Levee:Postgres:ConnectionString"] ?? "";
        Kafka = configuration.GetSection(KafkaOptions.Section).Get<KafkaOptions>() ?? new KafkaOptions();
        Scoring = configuration.GetSection(ScoringOptions.Section).Get<ScoringOptions>() ?? new ScoringOptions();
        Topics = configuration.GetSection(TopicOptions.Section).Get<TopicOptions>() ?? new TopicOptions();
        Demo = configuration.GetSection(DemoOptions.Section).Get<DemoOptions>() ?? new DemoOptions();
        Roles = configuration.GetSection("Levee:Roles").Get<string[]>() ?? AllRoles;
        if (Array.Find(Roles, role => !AllRoles.Contains(role)) is { } unknown)
        {
            throw new StartupException($"Levee:Roles knows {string.Join(", ", AllRoles)}, not '{unknown}'.");
        }

        // Before the embedded broker makes its topics.
        if (new TopicOptionsValidator().Validate(null, Topics) is { Failed: true } topics)
        {
            throw new StartupException(topics.FailureMessage);
        }

        LoadsHistory = Demo.History ?? UsesEmbeddedPostgres;
        SimulatesLive = !arguments.NoDemo && (Demo.Live ?? UsesEmbeddedKafka);
    }

    public IConfiguration Configuration { get; }

    /// <summary>What this silo does besides being part of the cluster: api, stream, train.</summary>
    public string[] Roles { get; }

    /// <summary>Full path of the data folder.</summary>
    public string DataDirectory { get; }

    /// <summary>Port of the API.</summary>
    public int Port { get; }

    /// <summary>As configured; empty means embedded.</summary>
    public string PostgresConnectionString { get; }

    public KafkaOptions Kafka { get; }

    public ScoringOptions Scoring { get; }

    public TopicOptions Topics { get; }

    public DemoOptions Demo { get; }

    public bool UsesEmbeddedPostgres => PostgresConnectionString.Length == 0;

    public bool UsesEmbeddedKafka => Kafka.BootstrapServers.Length == 0;

    /// <summary>Whether simulated history makes the first model.</summary>
    public bool LoadsHistory { get; }

    /// <summary>Whether simulated transactions flow while the silo runs.</summary>
    public bool SimulatesLive { get; }

    /// <summary>Reads appsettings.json beside the program, then the environment.</summary>
    public static SiloSettings Load(SiloArguments arguments)
    {
        var configuration = new ConfigurationBuilder()
            .SetBasePath(AppContext.BaseDirectory)
            .AddJsonFile("appsettings.json", optional: true)
            .AddEnvironmentVariables()
            .Build();
        return new SiloSettings(configuration, arguments);
    }
}
