using Confluent.Kafka;
using Levee.Grains.Scoring;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Grains.Tests.Scoring;

public sealed class DeliveryCountTests
{
    private readonly TaskCompletionSource _clientEnded = new();

    [Fact]
    public async Task Ends_with_the_last_report()
    {
        var count = new DeliveryCount(2, _clientEnded.Task);
        count.Report(Report(ErrorCode.NoError));
        var done = count.WaitAsync();
        Assert.False(done.IsCompleted);
        count.Report(Report(ErrorCode.NoError));
        await done.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, count.Failed);
        Assert.Null(count.Error);
    }

    [Fact]
    public async Task Keeps_the_first_failure_and_counts_all()
    {
        var count = new DeliveryCount(3, _clientEnded.Task);
        count.Report(Report(ErrorCode.Local_MsgTimedOut));
        count.Report(Report(ErrorCode.NoError));
        var done = count.WaitAsync();
        Assert.False(done.IsCompleted);
        count.Report(Report(ErrorCode.UnknownTopicOrPart));
        await done.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(2, count.Failed);
        Assert.Equal(ErrorCode.Local_MsgTimedOut, count.Error!.Code);
    }

    [Fact]
    public async Task What_the_client_has_not_reported_when_it_ends_has_failed()
    {
        var count = new DeliveryCount(3, _clientEnded.Task);
        count.Report(Report(ErrorCode.NoError));
        var done = count.WaitAsync();
        Assert.False(done.IsCompleted);
        _clientEnded.SetResult();
        await done.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(2, count.Failed);
        Assert.Equal(ErrorCode.Local_Destroy, count.Error!.Code);
    }

    private static DeliveryReport<byte[], byte[]> Report(ErrorCode code) => new() { Error = new Error(code) };
}
