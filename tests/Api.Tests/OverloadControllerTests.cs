using CsCheck;
using Levee.Api.Admission;

namespace Levee.Api.Tests;

/// <summary>The share of requests that is refused, by the delay that requests have, with a queue that follows from it.</summary>
public sealed class OverloadControllerTests
{
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(100);
    private static readonly double Period = OverloadController.Period.TotalSeconds;

    [Fact]
    public void A_pause_that_a_queue_works_off_refuses_nobody()
    {
        var controller = new OverloadController(Target);
        for (var i = 0; i < 100; i++)
        {
            // As a pause is seen: what has arrived within it waits the less the later it came.
            Observe(controller, TimeSpan.FromMilliseconds(1), 20);
            Observe(controller, TimeSpan.FromSeconds(2), 3);
            Assert.Equal(0, controller.Share);
        }
    }

    [Fact]
    public void Waiting_below_the_target_refuses_nobody()
    {
        var controller = new OverloadController(Target);
        Observe(controller, Target * 0.99, 10_000);
        Assert.Equal(0, controller.Share);
        Assert.False(controller.Refuses());
    }

    [Fact]
    public void Some_are_let_in_however_long_the_wait_and_all_soon_after_it()
    {
        var controller = new OverloadController(Target);
        Observe(controller, TimeSpan.FromHours(1), 500);
        Assert.Equal(0.95, controller.Share);
        Assert.InRange(Enumerable.Range(0, 2_000).Count(_ => controller.Refuses()), 1_899, 1_901);
        Observe(controller, TimeSpan.Zero, (int)(3 / Period));
        Assert.Equal(0, controller.Share);
    }

    [Fact]
    public void A_target_of_zero_refuses_nobody()
    {
        var controller = new OverloadController(TimeSpan.Zero);
        Observe(controller, TimeSpan.FromSeconds(10), 1_000);
        Assert.Equal(0, controller.Share);
    }

    /// <summary>Requests come as they will, whatever is refused: the delay ends near the target as long as refusals alone do not take all time.</summary>
    [Fact]
    public void An_open_stream_of_requests_waits_about_the_target()
    {
        Gen.Select(Gen.Double[1.05, 2.5], Gen.Double[0.05, 0.25]).Sample((load, refusalCost) =>
        {
            var controller = new OverloadController(Target);
            var waits = Simulate(controller, load, refusalCost, seconds: 60);
            var settled = waits[(waits.Count / 2)..];
            Assert.InRange(settled.Average(), Target.TotalSeconds * 0.5, Target.TotalSeconds * 1.5);
            Assert.InRange(settled.Max(), 0, Target.TotalSeconds * 2.5);

            // When fewer ask again, nobody is refused.
            Simulate(controller, 0.8, refusalCost, seconds: 15);
            Assert.Equal(0, controller.Share);
        });
    }

    /// <summary>
    /// A queue in seconds of work. Each period brings that much work times <paramref name="load"/>, of which a share is refused, at a part of its cost,
    /// when it is its turn. A byte that is sent waits as long as the queue was when it was sent, and the next is sent after it has come.
    /// </summary>
    private static List<double> Simulate(OverloadController controller, double load, double refusalCost, double seconds)
    {
        var waits = new List<double>();
        var queue = 0.0;
        var (sentAt, arrivesAt, last) = (-1.0, -1.0, 0.0);
        for (var now = 0.0; now < seconds; now += Period)
        {
            var cost = 1 - (controller.Share * (1 - refusalCost));
            queue = Math.Max(0, queue + (load * Period) - (Period / cost));
            var wait = queue * cost;
            if (sentAt >= 0 && arrivesAt <= now)
            {
                last = arrivesAt - sentAt;
                sentAt = -1;
            }

            controller.Observe(TimeSpan.FromSeconds(Math.Max(last, sentAt < 0 ? 0 : now - sentAt)));
            if (sentAt < 0)
            {
                (sentAt, arrivesAt) = (now, now + wait);
            }

            waits.Add(wait);
        }

        return waits;
    }

    private static void Observe(OverloadController controller, TimeSpan delay, int times)
    {
        for (var i = 0; i < times; i++)
        {
            controller.Observe(delay);
        }
    }
}
