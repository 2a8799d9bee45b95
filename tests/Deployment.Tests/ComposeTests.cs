using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Levee.Deployment.Tests;

public sealed partial class ComposeTests
{
    private readonly YamlMappingNode _compose = Load();

    private YamlMappingNode Services => (YamlMappingNode)_compose["services"];

    [Fact]
    public void It_brings_Kafka_PostgreSQL_Levee_Prometheus_and_Grafana() =>
        Assert.Superset(
            new HashSet<string> { "kafka", "postgres", "silo", "api", "prometheus", "grafana" },
            Services.Children.Keys.Select(key => key.ToString()).ToHashSet());

    [Fact]
    public void Every_image_has_a_tag_other_than_latest() =>
        Assert.All(Services.Children.Values, service => Assert.True(ImageReference.HasFixedTag(service["image"].ToString()), $"{service["image"]}"));

    [Fact]
    public void Every_service_that_stays_has_a_health_check() =>
        Assert.All(Services.Children.Where(s => s.Key.ToString() != "kafka-topics"), service => Assert.True(Has(service.Value, "healthcheck"), $"{service.Key}"));

    [Fact]
    public void Every_Levee_key_is_one_that_the_code_reads() =>
        Assert.All(
            new[] { "silo", "api" }.SelectMany(service => Environment(service).Keys).Where(key => key.Contains("__", StringComparison.Ordinal)),
            key => Assert.True(ConfigurationKeys.AreKnown(key), key));

    [Fact]
    public void Silo_and_api_use_the_same_servers()
    {
        var silo = Environment("silo");
        var api = Environment("api");

        Assert.Equal("kafka:9092", silo["Levee__Kafka__BootstrapServers"]);
        Assert.Equal(silo["Levee__Postgres__ConnectionString"], api["Levee__Postgres__ConnectionString"]);
        Assert.Contains($"PLAINTEXT://{silo["Levee__Kafka__BootstrapServers"]}", Environment("kafka")["KAFKA_ADVERTISED_LISTENERS"], StringComparison.Ordinal);
        Assert.StartsWith("Host=postgres;", silo["Levee__Postgres__ConnectionString"], StringComparison.Ordinal);
    }

    [Fact]
    public void Passwords_come_from_the_env_file_and_have_no_default()
    {
        var text = RepositoryFiles.Read("docker-compose.yml");
        var example = RepositoryFiles.Read(".env.example");

        Assert.All(PasswordLine().Matches(text), line => Assert.Matches(@"\$\{[A-Z_]+:\?", line.Value));
        Assert.NotEmpty(PasswordLine().Matches(text));
        Assert.All(RequiredVariable().Matches(text).Select(m => m.Groups[1].Value), name => Assert.Contains($"\n{name}=", example, StringComparison.Ordinal));
        Assert.DoesNotContain(":-", text, StringComparison.Ordinal);
        Assert.Contains("\n.env\n", RepositoryFiles.Read(".gitignore"), StringComparison.Ordinal);
        Assert.Contains("\nk8s/secrets.env\n", RepositoryFiles.Read(".gitignore"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_images_are_built_from_the_Dockerfiles_that_the_manifests_name()
    {
        using var manifests = new Manifests();

        Assert.Equal(manifests.Silo.Spec.Template.Spec.Containers.Single().Image, Services["silo"]["image"].ToString());
        Assert.Equal(manifests.Api.Spec.Template.Spec.Containers.Single().Image, Services["api"]["image"].ToString());
        Assert.All(new[] { "silo", "api" }, service =>
            Assert.True(File.Exists(RepositoryFiles.At(Services[service]["build"]["dockerfile"].ToString())), service));
    }

    [Fact]
    public void What_is_mounted_from_the_repository_exists() =>
        Assert.All(
            Services.Children.Values.Where(s => Has(s, "volumes")).SelectMany(s => (YamlSequenceNode)s["volumes"])
                .Select(v => v.ToString().Split(':')[0]).Where(source => source.StartsWith("./", StringComparison.Ordinal)),
            source => Assert.True(Path.Exists(RepositoryFiles.At(source[2..])), source));

    [Fact]
    public void Whatever_is_waited_for_or_stored_is_declared()
    {
        var services = Services.Children.Keys.Select(key => key.ToString()).ToList();
        var volumes = ((YamlMappingNode)_compose["volumes"]).Children.Keys.Select(key => key.ToString()).ToList();

        Assert.All(Services.Children.Values.Where(s => Has(s, "depends_on")), service => Assert.All(
            service["depends_on"] is YamlMappingNode map ? map.Children.Keys.Select(k => k.ToString()) : ((YamlSequenceNode)service["depends_on"]).Select(k => k.ToString()),
            name => Assert.Contains(name, services)));
        Assert.All(
            Services.Children.Values.Where(s => Has(s, "volumes")).SelectMany(s => (YamlSequenceNode)s["volumes"])
                .Select(v => v.ToString().Split(':')[0]).Where(source => !source.StartsWith("./", StringComparison.Ordinal)),
            source => Assert.Contains(source, volumes));
    }

    [Fact]
    public void The_api_is_published_on_8000() => Assert.Contains(new YamlScalarNode("8000:8000"), (YamlSequenceNode)Services["api"]["ports"]);

    private static YamlMappingNode Load()
    {
        // The merging parser resolves << as Compose does.
        var parser = new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(new StringReader(RepositoryFiles.Read("docker-compose.yml"))));
        var stream = new YamlStream();
        stream.Load(parser);
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    private static bool Has(YamlNode node, string key) => ((YamlMappingNode)node).Children.ContainsKey(new YamlScalarNode(key));

    private Dictionary<string, string> Environment(string service) =>
        ((YamlMappingNode)Services[service]["environment"]).Children.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value.ToString());

    [GeneratedRegex("^.*PASSWORD: .*$|^.*Password=.*$", RegexOptions.Multiline)]
    private static partial Regex PasswordLine();

    [GeneratedRegex(@"\$\{([A-Z_]+)")]
    private static partial Regex RequiredVariable();
}
