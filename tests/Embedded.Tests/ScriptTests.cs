using System.Diagnostics;
using Levee.Embedded.Tests.Support;

namespace Levee.Embedded.Tests;

/// <summary>The scripts in a house of their own, with a dotnet that only plays what it is told.</summary>
public sealed class ScriptTests : IDisposable
{
    // dotnet build leaves assemblies as a real one does; dotnet test plays the line of its project in "plan": exit code, passed, total.
    private const string Player =
        """
        #!/usr/bin/env bash
        case "$1" in
          --list-sdks) echo "10.0.100 [/sdk]" ;;
          build)
            echo build >>"$PLAY/builds"
            [ ! -e "$PLAY/broken" ] || { echo "error CS1002: ; expected"; exit 1; }
            [ ! -d "$2" ] || { mkdir -p "$2/bin/Release/net10.0"; touch "$2/bin/Release/net10.0/Levee.$(basename "$2").dll"; }
            [ -e "$PLAY/interrupted" ] || echo "Build succeeded." ;;
          test)
            name="$(basename "$2" .csproj)"
            read -r code passed total < <(sed -n "s/^$name //p" "$PLAY/plan")
            while [ "$1" != --results-directory ]; do shift; done
            [ -z "$total" ] || echo "<Counters total=\"$total\" executed=\"$total\" passed=\"$passed\" failed=\"0\" />" >"$2/$name.trx"
            exit "$code" ;;
          *) echo "$$ $*" ;;
        esac
        """;

    private readonly TemporaryFolder _house = new();

    public ScriptTests()
    {
        foreach (var folder in new[] { "scripts", "programs", "src/Silo", "src/Cli" })
        {
            Directory.CreateDirectory(_house[folder]);
        }

        var source = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(source, "Orleans.sln")))
        {
            source = Path.GetDirectoryName(source)!;
        }

        foreach (var script in Directory.GetFiles(Path.Combine(source, "scripts")))
        {
            File.Copy(script, _house[$"scripts/{Path.GetFileName(script)}"]);
        }

        foreach (var file in new[] { "global.json", "Directory.Build.props", "src/Silo/Program.cs", "src/Cli/Program.cs" })
        {
            File.WriteAllText(_house[file], "");
        }

        File.WriteAllText(_house["programs/dotnet"], Player);
        File.SetUnixFileMode(_house["programs/dotnet"], (UnixFileMode)Convert.ToInt32("755", 8));
    }

    public void Dispose() => _house.Dispose();

    [Theory]
    [InlineData("One.Tests 0 5 5|Two.Tests 0 7 7", "12 passed, 0 failed", 0)]
    [InlineData("One.Tests 0 5 5|Two.Tests 1 6 7", "11 passed, 1 failed", 1)]
    [InlineData("One.Tests 0 5 5|Two.Tests 0 6 7", "11 passed, 1 failed", 1)] // one was skipped
    [InlineData("One.Tests 0 5 5|Two.Tests 134", "5 passed, 1 failed", 1)] // the process crashed before it could say anything
    [InlineData("One.Tests 0 5 5|Two.Tests 134 7 7", "12 passed, 1 failed", 1)] // and here afterwards
    [InlineData("One.Tests 0 5 5|Two.Tests 0 0 0", "5 passed, 1 failed", 1)]
    public async Task Every_test_counts(string plan, string lastLine, int exitCode)
    {
        var projects = plan.Split('|');
        await File.WriteAllLinesAsync(_house["plan"], projects);
        foreach (var name in projects.Select(project => project.Split(' ')[0]))
        {
            Directory.CreateDirectory(_house[$"tests/{name}"]);
            await File.WriteAllTextAsync(_house[$"tests/{name}/{name}.csproj"], "");
            await File.WriteAllTextAsync(_house[$"tests/{name}/Tests.cs"], "");
        }

        var (code, output) = await RunAsync("test.sh");

        Assert.Equal(lastLine, output.TrimEnd().Split('\n')[^1]);
        Assert.Equal(exitCode, code);
    }

    // A dotnet build that gets SIGTERM exits with 0.
    [Theory]
    [InlineData("broken")]
    [InlineData("interrupted")]
    public async Task A_build_that_did_not_succeed_is_a_failure(string how)
    {
        await File.WriteAllTextAsync(_house[how], "");
        var (code, output) = await RunAsync("test.sh");
        Assert.Equal("0 passed, 1 failed", output.TrimEnd().Split('\n')[^1]);
        Assert.Equal(1, code);

        foreach (var script in new[] { "run.sh", "levee" })
        {
            var (refused, said) = await RunAsync(script);
            Assert.Equal(1, refused);
            Assert.EndsWith("The build did not succeed.\n", said, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("run.sh", "Silo")]
    [InlineData("levee", "Cli")]
    public async Task A_built_tree_is_not_built_again_and_the_script_becomes_the_program(string script, string project)
    {
        var (_, output) = await RunAsync(script, "--port", "8001");
        Assert.EndsWith($"{project}/bin/Release/net10.0/Levee.{project}.dll --port 8001\n", output, StringComparison.Ordinal);
        Assert.Single(await File.ReadAllLinesAsync(_house["builds"]));

        // As exec does: dotnet has the process id that the script had.
        var (_, second) = await RunAsync("sh", "-c", $"echo $$; exec '{_house[$"scripts/{script}"]}'");
        Assert.Single(await File.ReadAllLinesAsync(_house["builds"]));
        Assert.Equal(second.Split('\n')[0], second.Split('\n')[1].Split(' ')[0]);

        File.SetLastWriteTimeUtc(_house[$"src/{project}/Program.cs"], File.GetLastWriteTimeUtc(_house["builds"]).AddMinutes(1));
        await RunAsync(script);
        Assert.Equal(2, (await File.ReadAllLinesAsync(_house["builds"])).Length);
    }

    private async Task<(int Code, string Output)> RunAsync(string script, params string[] arguments)
    {
        var own = _house[$"scripts/{script}"];
        var start = new ProcessStartInfo(File.Exists(own) ? own : script, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_house["programs"]}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["PLAY"] = _house.Path;
        start.Environment.Remove("HOME");
        start.Environment.Remove("DOTNET_ROOT");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output.Length == 0 ? await errors : output);
    }
}
