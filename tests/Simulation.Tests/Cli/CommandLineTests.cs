using Levee.Cli;
using Levee.Cli.DeadLetters;

namespace Levee.Simulation.Tests.Cli;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("simulate", "--bootstrap-servers", "--rate", "--seed", "--count", "--late", "--poison", "--shift", "--out", "--partitioner")]
    [InlineData("broker", "--port-file", "--topic")]
    [InlineData("labels post", "--transaction", "--fraud", "--url")]
    [InlineData("models list", "--url")]
    [InlineData("dead-letters list", "--bootstrap-servers", "--topic", "--reason", "--since", "--pending", "--json", "--max")]
    [InlineData("dead-letters show", "--topic")]
    [InlineData("dead-letters replay", "--all", "--reason", "--again", "--dry-run", "--yes")]
    [InlineData("topics check", "--partitions", "--replication", "--retention-days", "--compression", "--config")]
    [InlineData("topics apply", "--add-partitions", "--dry-run")]
    [InlineData("replay", "--url", "--topic", "--partition", "--offset", "--from")]
    [InlineData("rebuild-state", "--postgres", "--data", "--apply", "--customers", "--merchants")]
    [InlineData("import", "--columns", "--time-zone", "--rejects", "--postgres", "--workers")]
    [InlineData("datasets build", "--days", "--as-of", "--postgres", "--data")]
    [InlineData("datasets list", "--postgres", "--data")]
    [InlineData("datasets delete", "--force", "--postgres", "--data")]
    [InlineData("parity", "--since", "--rows", "--seed", "--postgres")]
    [InlineData("health", "--url")]
    public async Task Every_command_has_help(string command, params string[] options)
    {
        var run = await Run.Of([.. command.Split(' '), "--help"]);

        Assert.Equal(ExitCodes.Success, run.Code);
        Assert.Contains($"levee {command}", run.Output, StringComparison.Ordinal);
        Assert.All(options, option => Assert.Contains(option, run.Output, StringComparison.Ordinal));
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task The_help_names_the_commands()
    {
        var run = await Run.Of("--help");

        Assert.All(new[] { "simulate", "broker", "labels", "models", "dead-letters", "replay", "rebuild-state", "health" }, name => Assert.Contains(name, run.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--rate", "simulate -b x:1 --rate 0")]
    [InlineData("--rate", "simulate -b x:1 --rate many")]
    [InlineData("--rate", "simulate -b x:1 --rate NaN")]
    [InlineData("--seed", "simulate -b x:1 --seed 1.5")]
    [InlineData("--count", "simulate -b x:1 --count -3")]
    [InlineData("--late", "simulate -b x:1 --late 2")]
    [InlineData("--customers", "simulate -b x:1 --customers 0")]
    [InlineData("--start", "simulate -b x:1 --start 2026-01-01")]
    [InlineData("--bootstrap-servers", "simulate")]
    [InlineData("5 minutes", "simulate -b x:1 --duration|5 minutes")]
    [InlineData("yesterday", "simulate -b x:1 --replay --start yesterday")]
    [InlineData("transactions", "broker --topic transactions")]
    [InlineData("transactions:0", "broker --topic transactions:0")]
    [InlineData("--partitioner", "simulate -b x:1 --partitioner random")]
    [InlineData("12", "dead-letters show -b x:1 12")]
    [InlineData("--brokers", "broker --brokers 11")]
    [InlineData("--transaction", "labels post --fraud")]
    [InlineData("--fraud", "labels post -t 0b9e2a52-1c1d-4a53-9a55-6a3c4f3a1e01")]
    [InlineData("12", "labels post --fraud -t 12")]
    [InlineData("--from", "replay")]
    [InlineData("--from", "replay --offset 1 --from 2026-01-31T12:00:00Z")]
    [InlineData("--offset", "replay --offset -1")]
    [InlineData("--customers", "rebuild-state --customers 1,x")]
    [InlineData("ftp://x", "health --url ftp://x")]
    [InlineData("frobnicate", "frobnicate")]
    public async Task A_wrong_command_line_is_explained(string named, string line)
    {
        // A bar is a space within one argument's neighbour: "--duration|5 minutes".
        var parts = line.Split('|');
        string[] arguments = [.. parts[0].Split(' '), .. parts[1..]];

        var run = await Run.Of(arguments);

        Assert.Equal(ExitCodes.Usage, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("1.5h", 5_400)]
    [InlineData("7d", 604_800)]
    [InlineData("00:15:00", 900)]
    public void A_length_of_time_is_read(string text, double seconds)
    {
        Assert.True(CommonOptions.TryReadDuration(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("0s")]
    [InlineData("-5m")]
    [InlineData("15")]
    [InlineData("1e9d")]
    [InlineData("00:00:00")]
    public void What_is_no_length_of_time_is_not(string text) => Assert.False(CommonOptions.TryReadDuration(text, out _));

    [Fact]
    public void A_payload_is_shown_on_one_line()
    {
        Assert.Equal("a.b", DeadLetterText.Excerpt("a\nb"u8.ToArray()));
        Assert.Equal("(null)", DeadLetterText.Excerpt(null));
        Assert.Equal("", DeadLetterText.Excerpt([]));
        Assert.Equal(new string('x', 80) + "...", DeadLetterText.Excerpt([.. Enumerable.Repeat((byte)'x', 1_000)]));
    }
}
