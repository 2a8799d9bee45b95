using Levee.Grains.Models;
using Microsoft.Extensions.Time.Testing;

namespace Levee.Grains.Tests.Models;

public class ServedVersionsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly FakeTimeProvider _time = new();
    private readonly ServedVersions _served;

    public ServedVersionsTests() => _served = new ServedVersions(_time);

    [Fact]
    public async Task A_change_waits_for_the_last_silo()
    {
        _served.Report("a", "v1");
        _served.Report("b", "v1");

        var waiting = _served.WaitForAsync("v2", Patience);
        _served.Report("a", "v2");
        Assert.False(waiting.IsCompleted);
        _served.Report("b", "v2");

        Assert.Empty(await waiting.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Who_is_behind_when_the_time_is_over_is_named()
    {
        _served.Report("b", "v1");
        _served.Report("a", "v1");
        _served.Report("c", "v2");

        var waiting = _served.WaitForAsync("v2", Patience);
        _time.Advance(Patience);

        Assert.Equal(["a", "b"], await waiting.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_silo_that_stopped_reporting_is_not_waited_for()
    {
        _served.Report("a", "v1");
        _time.Advance(TimeSpan.FromSeconds(16));
        _served.Report("b", "v2");

        Assert.Empty(await _served.WaitForAsync("v2", Patience));
        Assert.Equal(["b"], _served.Get().Keys);
    }
}
