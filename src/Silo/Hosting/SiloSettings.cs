using System.Security.Cryptography.X509Certificates;
using Levee.Api;
using Levee.Api.Hosting;
using Levee.Api.Security;
using Levee.Features;
using Levee.Grains.Hosting;
using Levee.Grains.Retraining;
using Levee.Grains.Scoring;
using Levee.Grains.Topics;
using Levee.Silo.FirstStart;
using Levee.Storage;

namespace Levee.Silo.Hosting;

/// <summary>What the start needs to know before there is a host.</summary>
internal sealed class SiloSettings
{
    private const int DefaultPort = 8000;
    private static readonly string[] AllRoles = ["api", "stream", "train"];

    private SiloSettings(IConfiguration configuration, SiloArguments arguments)
    {
        Configuration = configuration;
        DataDirectory = ReadDataDirectory(arguments.DataDirectory ?? configuration["Levee:Data"] ?? ".levee");
        Port = arguments.Port ?? SettingsReader.Bind(() => configuration.GetValue("Levee:Port", DefaultPort));
        if (Port is <= 0 or > 65535)
        {
            throw new StartupException($"Levee:Port expects a number from 1 to 65535, not '{Port}'.");
        }

        PostgresConnectionString = SettingsReader.Read<StorageOptions>(configuration, StorageOptions.Section).ConnectionString;
        Kafka = SettingsReader.Read<KafkaOptions>(configuration, KafkaOptions.Section);
        Scoring = SettingsReader.Read<ScoringOptions>(configuration, ScoringOptions.Section);
        Topics = SettingsReader.Read<TopicOptions>(configuration, TopicOptions.Section);
        Cluster = SettingsReader.Read<LeveeClusterOptions>(configuration, LeveeClusterOptions.Section);
        Demo = SettingsReader.Read<DemoOptions>(configuration, DemoOptions.Section);
        Features = SettingsReader.Read<FeatureOptions>(configuration, FeatureOptions.Section).ToList();

        // Read again by their owners; here only so that what is wrong is said before minutes of set-up.
        SettingsReader.Read<RetrainOptions>(configuration, RetrainOptions.Section);
        SettingsReader.Read<PredictionLogOptions>(configuration, PredictionLogOptions.Section);
        SettingsReader.Bind(() => configuration.GetSection(ApiOptions.Section).Get<ApiOptions>());
        SettingsReader.Bind(() => configuration.GetSection(ServerOptions.Section).Get<ServerOptions>());
        var security = SettingsReader.Bind(() => configuration.GetSection(SecurityOptions.Section).Get<SecurityOptions>()) ?? new SecurityOptions();
        if (new SecurityOptionsValidator().Validate(null, security) is { Failed: true } wrong)
        {
            throw new StartupException(wrong.FailureMessage);
        }

        Certificate = TlsCertificate.Load(configuration);
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

    /// <summary>The certificate of the API's port; null for HTTP.</summary>
    public X509Certificate2Collection? Certificate { get; }

    /// <summary>As configured; empty means embedded.</summary>
    public string PostgresConnectionString { get; }

    public KafkaOptions Kafka { get; }

    public ScoringOptions Scoring { get; }

    public TopicOptions Topics { get; }

    public LeveeClusterOptions Cluster { get; }

    public DemoOptions Demo { get; }

    /// <summary>The feature list in use.</summary>
    public FeatureList Features { get; }

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

    private static string ReadDataDirectory(string text)
    {
        try
        {
            return Path.GetFullPath(text);
        }
        catch (ArgumentException exception)
        {
            throw new StartupException("--data and Levee:Data expect the name of a folder.", exception);
        }
    }
}
