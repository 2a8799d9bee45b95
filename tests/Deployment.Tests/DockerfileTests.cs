using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Levee.Deployment.Tests;

public sealed partial class DockerfileTests
{
    public static TheoryData<string, string> Files => new() { { "silo.Dockerfile", "Levee.Silo.dll" }, { "api.Dockerfile", "Levee.Api.dll" } };

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_stage_starts_from_a_fixed_tag_and_the_last_from_the_runtime(string file, string program)
    {
        var stages = From().Matches(Read(file)).Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(2, stages.Count);
        Assert.All(stages, stage => Assert.True(ImageReference.HasFixedTag(stage), stage));
        Assert.StartsWith("mcr.microsoft.com/dotnet/aspnet:10.0", stages[^1], StringComparison.Ordinal);
        Assert.Contains($"\"dotnet\", \"{program}\"", Read(file), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_program_does_not_run_as_root(string file, string program)
    {
        var text = Read(file);
        var user = text.LastIndexOf("\nUSER $APP_UID", StringComparison.Ordinal);

        Assert.True(user > 0, program);
        Assert.DoesNotContain("\nUSER root", text[user..], StringComparison.Ordinal);
        Assert.True(user < text.IndexOf("ENTRYPOINT", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void LightGBM_finds_OpenMP(string file, string program)
    {
        Assert.Contains("libgomp1", Read(file), StringComparison.Ordinal);
        Assert.EndsWith(".dll", program, StringComparison.Ordinal);
    }

    [Fact]
    public void They_expose_the_ports_of_the_manifests()
    {
        using var manifests = new Manifests();

        Assert.Equal(Ports(manifests.Silo), Exposed("silo.Dockerfile"));
        Assert.Equal(Ports(manifests.Api), Exposed("api.Dockerfile"));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_project_that_is_published_exists(string file, string program)
    {
        var project = Published().Match(Read(file)).Groups[1].Value;

        Assert.True(File.Exists(RepositoryFiles.At(project)), project);
        Assert.Equal($"Levee.{Path.GetFileNameWithoutExtension(project)}.dll", program);
    }

    [Theory]
    [InlineData("test.yml", "scripts/test.sh")]
    [InlineData("build.yml", "docker/silo.Dockerfile")]
    public void Workflows_run_what_they_say_and_parse(string file, string mentions)
    {
        var text = RepositoryFiles.Read(".github", "workflows", file);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));

        Assert.NotEmpty((YamlMappingNode)stream.Documents.Single().RootNode["jobs"]);
        Assert.Contains(mentions, text, StringComparison.Ordinal);
    }

    private static string Read(string file) => RepositoryFiles.Read("docker", file);

    private static IEnumerable<int> Ports(k8s.Models.V1Deployment deployment) =>
        deployment.Spec.Template.Spec.Containers.Single().Ports.Select(port => port.ContainerPort).Order();

    private static IEnumerable<int> Exposed(string file) =>
        Expose().Match(Read(file)).Groups[1].Value.Split(' ').Select(port => int.Parse(port)).Order();

    [GeneratedRegex("^FROM ([^ \r\n]+)", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex("^EXPOSE ([0-9 ]+)", RegexOptions.Multiline)]
    private static partial Regex Expose();

    [GeneratedRegex("dotnet publish ([^ ]+)")]
    private static partial Regex Published();
}
