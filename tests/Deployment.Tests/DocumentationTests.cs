using System.Text.RegularExpressions;

namespace Levee.Deployment.Tests;

public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_link_to_a_file_leads_to_one()
    {
        var broken = Documents().SelectMany(document => Link().Matches(File.ReadAllText(document))
            .Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
            .Where(target => !Path.Exists(Path.Combine(Path.GetDirectoryName(document)!, target.Split('#')[0])))
            .Select(target => $"{Path.GetRelativePath(RepositoryFiles.Root, document)}: {target}"));

        Assert.Empty(broken);
    }

    [Fact]
    public void The_readme_names_the_two_commands_and_both_exist()
    {
        var readme = RepositoryFiles.Read("README.md");

        Assert.All(new[] { "scripts/run.sh", "scripts/test.sh", "scripts/bench.sh" }, script =>
        {
            Assert.Contains(script, readme, StringComparison.Ordinal);
            Assert.True(File.Exists(RepositoryFiles.At(script)), script);
        });
    }

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(RepositoryFiles.Root, "*.md")
            .Concat(new[] { "docs", "k8s", "bench", "src" }.SelectMany(folder =>
                Directory.EnumerateFiles(RepositoryFiles.At(folder), "*.md", SearchOption.AllDirectories)))
            .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
