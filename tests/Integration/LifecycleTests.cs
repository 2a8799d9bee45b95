using System.Net;
using System.Net.Sockets;
using Levee.Integration.Harness;
using Levee.Testing;

namespace Levee.Integration;

/// <summary>The first minute of a newcomer: start on embedded defaults, stop, start again, and what goes wrong in one sentence.</summary>
[Collection(SystemCollection.Name)]
public sealed class LifecycleTests : IDisposable
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), $"levee-life-{Guid.NewGuid():N}");

    [Fact]
    public async Task Starts_stops_within_ten_seconds_leaves_nothing_behind_and_keeps_its_model()
    {
        string first;
        await using (var silo = Start())
        {
            await WaitReadyAsync(silo.Process, silo.Port);
            first = silo.Process.Output;
            Assert.Contains("curl -s", first, StringComparison.Ordinal);
            Assert.Contains("v1: AUC", first, StringComparison.Ordinal);
            Assert.True(await silo.Process.StopAsync(TimeSpan.FromSeconds(10)) < TimeSpan.FromSeconds(10));
            Assert.Equal(0, silo.Process.ExitCode);
            Assert.Empty(ServersIn(_data));
        }

        // Killed, not stopped: the server follows, and the next start finds everything again.
        await using (var silo = Start())
        {
            await WaitReadyAsync(silo.Process, silo.Port);
            Assert.DoesNotContain("Training", silo.Process.Output, StringComparison.Ordinal);
            await silo.Process.KillAsync();
            await Until.HoldsAsync(() => Task.FromResult(ServersIn(_data).Count), left => left == 0, TimeSpan.FromSeconds(30), "The server ends");
        }

        await using (var silo = Start())
        {
            await WaitReadyAsync(silo.Process, silo.Port);
            Assert.DoesNotContain("Training", silo.Process.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_taken_port_is_one_sentence()
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var silo = LeveeProcess.Start(Programs.Silo, ["--data", _data, "--port", $"{port}"]);
        await silo.WaitForExitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, silo.ExitCode);
        Assert.Equal($"levee: Port {port} is taken by another program: stop it, or choose another with --port N.", silo.Output.Trim());
    }

    [Fact]
    public async Task A_missing_program_is_one_sentence()
    {
        await using var silo = LeveeProcess.Start(
            Programs.Silo,
            ["--data", _data, "--port", $"{Ports.Free()}"],
            new Dictionary<string, string> { ["LEVEE_PG_BIN"] = "/nonexistent" });
        await silo.WaitForExitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, silo.ExitCode);
        Assert.Contains("PostgreSQL", Assert.Single(silo.Output.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--prot", "Unknown argument '--prot'")]
    [InlineData("--port", "--port needs a value")]
    public async Task A_wrong_argument_is_one_sentence(string argument, string sentence)
    {
        await using var silo = LeveeProcess.Start(Programs.Silo, [argument]);
        await silo.WaitForExitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, silo.ExitCode);
        Assert.Contains(sentence, silo.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Levee__Kafka__SessionTimeoutSeconds", "0", "Levee:Kafka:SessionTimeoutSeconds")]
    [InlineData("Levee__Kafka__SessionTimeoutSeconds", "soon", "Levee:Kafka:SessionTimeoutSeconds")]
    [InlineData("Levee__Kafka__Client__no.such.setting", "1", "Levee:Kafka:Client")]
    [InlineData("Levee__Postgres__Writers", "99", "Levee:Postgres:Writers")]
    [InlineData("Levee__Postgres__ConnectionString", "no connection string", "Levee:Postgres:ConnectionString")]
    [InlineData("Levee__Postgres__ConnectionString", "Host=127.0.0.1;Port=1;Username=levee", "Levee:Postgres:ConnectionString")]
    [InlineData("Levee__Scoring__ColdReadMilliseconds", "0", "Levee:Scoring:ColdReadMilliseconds")]
    [InlineData("Levee__Retrain__TimeOfDayUtc", "25:00", "Levee:Retrain:TimeOfDayUtc")]
    [InlineData("Levee__Demo__Days", "1", "Levee:Demo:Days")]
    [InlineData("Levee__Roles__0", "cook", "Levee:Roles")]
    [InlineData("Levee__Port", "70000", "Levee:Port")]
    [InlineData("Levee__Data", "/dev/null/data", "/dev/null is a file")]
    public async Task A_wrong_setting_is_one_sentence_that_names_it(string key, string value, string sentence)
    {
        var environment = new Dictionary<string, string> { ["Levee__Data"] = _data, ["Levee__Port"] = $"{Ports.Free()}", [key] = value };
        await using var silo = LeveeProcess.Start(Programs.Silo, [], environment);
        await silo.WaitForExitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, silo.ExitCode);
        var line = Assert.Single(silo.Output.Trim().Split('\n'), line => line.StartsWith("levee: ", StringComparison.Ordinal));
        Assert.Contains(sentence, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        if (Directory.Exists(_data))
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    private Embedded Start()
    {
        var port = Ports.Free();
        var environment = SmallHistory.EndingDaysAgo(0).ToDictionary(
            setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);
        return new Embedded(LeveeProcess.Start(Programs.Silo, ["--data", _data, "--port", $"{port}"], environment), port);
    }

    private static async Task WaitReadyAsync(LeveeProcess process, int port)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Until.HoldsAsync(
            async () =>
            {
                using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"));
                return response.StatusCode == HttpStatusCode.OK && process.Output.Contains("Ready after", StringComparison.Ordinal);
            },
            ready => ready,
            TimeSpan.FromSeconds(120),
            "The silo is ready",
            () => process.Output);
    }

    private static List<string> ServersIn(string data) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), out _))
            .Select(folder => TryRead(Path.Combine(folder, "cmdline")))
            .Where(command => command.Contains(data, StringComparison.Ordinal) && command.Contains("postgres", StringComparison.Ordinal)),
    ];

    private static string TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            // The process ended while we looked.
            return "";
        }
    }

    private sealed record Embedded(LeveeProcess Process, int Port) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Process.DisposeAsync();
    }
}
