using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Levee.Integration.Harness;

/// <summary>Several silos of one cluster, each in a place of its own where it can be stopped, killed, frozen and started again.</summary>
public sealed partial class SiloCluster(StreamRun run, int size, params (string Key, string Value)[] settings) : IAsyncDisposable
{
    private readonly SiloUnderTest?[] _silos = new SiloUnderTest?[size];
    private readonly List<string> _gone = [];

    /// <summary>The places whose silo runs.</summary>
    public IReadOnlyList<int> Running => [.. Enumerable.Range(0, size).Where(i => _silos[i] is not null)];

    /// <summary>The silo at a place, which must run.</summary>
    public SiloUnderTest this[int place] => _silos[place] ?? throw new InvalidOperationException($"Silo {place} does not run.");

    /// <summary>Starts the silos that do not run, all at once, and waits until each answers and all partitions have an owner.</summary>
    public async Task StartAsync()
    {
        foreach (var place in Enumerable.Range(0, size).Where(i => _silos[i] is null))
        {
            _silos[place] = run.StartSilo(settings);
        }

        await Task.WhenAll(_silos.Select(silo => silo!.WaitAsync(ready: false)));
        await WaitForOwnersAsync();
    }

    /// <summary>Waits until each partition of the transactions has exactly one owner, and each silo has some.</summary>
    public Task WaitForOwnersAsync() => Until.HoldsAsync(
        () =>
        {
            var owned = Running.Select(Owned).ToList();
            return Task.FromResult((Partitions: string.Join(" ", owned.SelectMany(p => p).Order()), Least: owned.Min(p => p.Count)));
        },
        seen => seen.Partitions == string.Join(" ", Enumerable.Range(0, StreamLoad.Partitions)) && seen.Least > 0,
        TimeSpan.FromSeconds(60),
        "Each partition has one owner",
        Describe);

    /// <summary>The partitions of the transactions that a silo reads, by its log.</summary>
    /// <param name="place">The silo's place.</param>
    public IReadOnlyCollection<int> Owned(int place)
    {
        var owned = new SortedSet<int>();
        foreach (Match line in Changes().Matches(this[place].Process.Output))
        {
            var partitions = Partition().Matches(line.Value).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
            if (line.Groups["begun"].Success)
            {
                owned.UnionWith(partitions);
            }
            else
            {
                owned.ExceptWith(partitions);
            }
        }

        return owned;
    }

    /// <summary>kill -9.</summary>
    /// <param name="place">The silo's place.</param>
    public async Task KillAsync(int place)
    {
        await this[place].Process.KillAsync();
        await ForgetAsync(place, "killed");
    }

    /// <summary>SIGTERM, and the silo must end by itself.</summary>
    /// <param name="place">The silo's place.</param>
    public async Task StopAsync(int place)
    {
        await this[place].Process.StopAsync(TimeSpan.FromSeconds(20));
        await ForgetAsync(place, "stopped");
    }

    /// <summary>Waits until a silo that the others have declared dead has ended by itself.</summary>
    /// <param name="place">The silo's place.</param>
    public async Task ExpectEndAsync(int place)
    {
        await this[place].Process.WaitForExitAsync(TimeSpan.FromSeconds(20));
        await ForgetAsync(place, "ended");
    }

    /// <summary>What the silos wrote, for a message of failure.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        foreach (var gone in _gone)
        {
            text.AppendLine(gone);
        }

        foreach (var place in Running)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"===== silo {place}, running").AppendLine(this[place].Process.Output);
        }

        return text.ToString();
    }

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_silos.OfType<SiloUnderTest>().Select(silo => silo.DisposeAsync().AsTask()));

    [GeneratedRegex(@"(Gave back|Lost) .*|\S+(?<begun> begins at offset)")]
    private static partial Regex Changes();

    [GeneratedRegex(@"transactions\[(\d+)\]")]
    private static partial Regex Partition();

    private async Task ForgetAsync(int place, string how)
    {
        var silo = this[place];
        _gone.Add($"===== silo {place}, {how}\n{silo.Process.Output}");
        _silos[place] = null;
        await silo.DisposeAsync();
    }
}
