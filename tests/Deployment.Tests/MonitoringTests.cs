using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Levee.Deployment.Tests;

public sealed partial class MonitoringTests
{
    /// <summary>Metrics of Prometheus, Kubernetes and the .NET client library; everything else must be in the source.</summary>
    private static readonly string[] Foreign = ["up", "kube_pod_info", "container_cpu_usage_seconds_total", "container_memory_working_set_bytes", "process_cpu_seconds_total", "process_working_set_bytes"];

    [Theory]
    [InlineData("Request rate", "rate(predictions_total[1m])")]
    [InlineData("Latency p50, p95, p99", "histogram_quantile(0.95")]
    [InlineData("Model accuracy (AUC)", "model_accuracy")]
    [InlineData("Data drift (Kolmogorov-Smirnov)", "data_drift_score")]
    [InlineData("Pod count", "kube_pod_info")]
    [InlineData("Pod CPU", "container_cpu_usage_seconds_total")]
    [InlineData("Pod memory", "container_memory_working_set_bytes")]
    [InlineData("Error rate", "rate(predictions_total{result=\"error\"}[5m])")]
    public void The_dashboard_has_the_panels_of_the_reference(string title, string expression)
    {
        var panel = Panels().Single(panel => panel.GetProperty("title").GetString() == title);

        Assert.Contains(Expressions(panel), expr => expr.Contains(expression, StringComparison.Ordinal));
    }

    [Fact]
    public void Panels_do_not_lie_on_each_other()
    {
        var places = Panels().Select(panel => panel.GetProperty("gridPos")).Select(p => (X: p.GetProperty("x").GetInt32(), Y: p.GetProperty("y").GetInt32())).ToList();

        Assert.Equal(places.Count, places.Distinct().Count());
    }

    [Fact]
    public void Every_metric_asked_for_is_made_somewhere()
    {
        var made = MadeNames();
        var asked = Panels().SelectMany(Expressions).Concat(Alerts().Select(alert => alert["expr"].ToString())).SelectMany(Metrics).Distinct();

        Assert.All(asked, name => Assert.True(Foreign.Contains(name) || made.Contains(name), name));
    }

    [Fact]
    public void Every_alert_says_what_is_wrong_and_how_bad_it_is()
    {
        Assert.NotEmpty(Alerts());
        Assert.All(Alerts(), alert =>
        {
            Assert.Contains(alert["labels"]["severity"].ToString(), new[] { "warning", "critical" });
            Assert.NotEmpty(alert["annotations"]["summary"].ToString());
        });
    }

    [Fact]
    public void Prometheus_reads_the_rules_and_scrapes_both_services()
    {
        var config = (YamlMappingNode)Yaml("monitoring", "prometheus.yml");
        var compose = (YamlMappingNode)Yaml("docker-compose.yml")["services"];

        Assert.Equal(["alerts.yml"], ((YamlSequenceNode)config["rule_files"]).Select(file => file.ToString()));
        Assert.All((YamlSequenceNode)config["scrape_configs"], job =>
        {
            Assert.Equal("8000", job["dns_sd_configs"][0]["port"].ToString());
            Assert.True(compose.Children.ContainsKey(job["dns_sd_configs"][0]["names"][0]));
        });
        Promtool("check", "config", RepositoryFiles.At("monitoring", "prometheus.yml"));
    }

    [Fact]
    public void Dashboard_and_data_source_name_each_other()
    {
        var source = Yaml("monitoring", "grafana", "provisioning", "datasources", "prometheus.yml")["datasources"][0]["uid"].ToString();

        Assert.All(Panels(), panel => Assert.Equal(source, panel.GetProperty("datasource").GetProperty("uid").GetString()));
    }

    // promtool knows PromQL; where it is not installed the rules have still been parsed above.
    private static void Promtool(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("promtool", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, output.GetAwaiter().GetResult() + error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Not installed.
        }
    }

    private static List<JsonElement> Panels() =>
        [.. JsonDocument.Parse(RepositoryFiles.Read("monitoring", "grafana", "dashboards", "levee.json")).RootElement.GetProperty("panels").EnumerateArray()];

    private static IEnumerable<string> Expressions(JsonElement panel) =>
        panel.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("expr").GetString()!);

    private static List<YamlNode> Alerts() =>
        [.. ((YamlSequenceNode)Yaml("monitoring", "alerts.yml")["groups"]).SelectMany(group => (YamlSequenceNode)group["rules"])];

    private static YamlNode Yaml(params string[] parts)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(RepositoryFiles.Read(parts)));
        return stream.Documents.Single().RootNode;
    }

    // A name is what stands before a selector, a range or an operator; functions are followed by a parenthesis, labels by = or in "by (...)".
    private static IEnumerable<string> Metrics(string expression) =>
        MetricName().Matches(Grouping().Replace(Selector().Replace(expression, ""), "")).Select(match => HistogramSuffix().Replace(match.Value, ""));

    /// <summary>Names of prometheus-net as they are; instruments of a meter with the meter's name before them, as its adapter does.</summary>
    private static HashSet<string> MadeNames()
    {
        var names = new HashSet<string>();
        foreach (var file in Directory.EnumerateFiles(RepositoryFiles.At("src"), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal)))
        {
            // A project's meter bears its name.
            var project = Path.GetRelativePath(RepositoryFiles.At("src"), file).Split('/')[0];
            var meter = $"levee_{project}_".Replace('.', '_').ToLowerInvariant();
            foreach (Match match in Literal().Matches(File.ReadAllText(file)))
            {
                names.Add(match.Groups[1].Value);
                names.Add(meter + match.Groups[1].Value.Replace('.', '_'));
            }
        }

        return names;
    }

    [GeneratedRegex("\"([a-z][a-z0-9_.]+)\"")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]")]
    private static partial Regex Selector();

    [GeneratedRegex(@"\b(by|without)\s*\([^)]*\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\b(?!(?:and|or|unless|on|ignoring|sum|max|min|count)\b)[a-z][a-z0-9_]*\b(?!\s*\()")]
    private static partial Regex MetricName();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramSuffix();
}
