namespace Levee.Grains.Models;

/// <summary>What each silo last said it serves. Belongs to one grain: its calls may interleave, but never run side by side.</summary>
internal sealed class ServedVersions(TimeProvider time)
{
    // Silos report every five seconds. One that stopped is gone.
    private static readonly TimeSpan ReportLifetime = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, (string Version, long At)> _bySilo = [];
    private TaskCompletionSource _reported = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Keeps a silo's report.</summary>
    /// <param name="silo">The silo's address as text.</param>
    /// <param name="version">Such as "v1".</param>
    public void Report(string silo, string version)
    {
        _bySilo[silo] = (version, time.GetTimestamp());
        var reported = _reported;
        _reported = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        reported.SetResult();
    }

    /// <summary>The version that each silo serves which still reports, by the silo's address.</summary>
    public Dictionary<string, string> Get()
    {
        foreach (var (silo, report) in _bySilo)
        {
            if (time.GetElapsedTime(report.At) > ReportLifetime)
            {
                _bySilo.Remove(silo);
            }
        }

        return _bySilo.ToDictionary(entry => entry.Key, entry => entry.Value.Version);
    }

    /// <summary>Waits until every silo that reports serves a version.</summary>
    /// <param name="version">Such as "v2".</param>
    /// <param name="atMost">How long.</param>
    /// <returns>The silos that were behind when the time was over, by address; empty when none was.</returns>
    public async Task<string[]> WaitForAsync(string version, TimeSpan atMost)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            var reported = _reported.Task;
            string[] behind = [.. Get().Where(served => served.Value != version).Select(served => served.Key).Order(StringComparer.Ordinal)];
            var left = atMost - time.GetElapsedTime(begin);
            if (behind.Length == 0 || left <= TimeSpan.Zero)
            {
                return behind;
            }

            await reported.WaitAsync(left, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }
}
