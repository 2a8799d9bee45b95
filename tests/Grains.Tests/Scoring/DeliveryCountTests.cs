using Confluent.Kafka;
using Levee.Grains.Scoring;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Grains.Tests.Scoring;

public sealed class DeliveryCountTests
{
    [Fact]
    public void Ends_with_the_last_report()
    {
        var count = new DeliveryCount(2);
        count.Report(Report(ErrorCode.NoError));
        Assert.False(count.Done.IsCompleted);
        count.Report(Report(ErrorCode.NoError));
        Assert.True(count.Done.IsCompletedSuccessfully);
        Assert.Equal(0, count.Failed);
        Assert.Null(count.Error);
    }

    [Fact]
    public void Keeps_the_first_failure_and_counts_all()
    {
        var count = new DeliveryCount(3);
        count.Report(Report(ErrorCode.Local_MsgTimedOut));
        count.Report(Report(ErrorCode.NoError));
        Assert.False(count.Done.IsCompleted);
        count.Report(Report(ErrorCode.UnknownTopicOrPart));
        Assert.True(count.Done.IsCompletedSuccessfully);
        Assert.Equal(2, count.Failed);
        Assert.Equal(ErrorCode.Local_MsgTimedOut, count.Error!.Code);
    }

    private static DeliveryReport<byte[], byte[]> Report(ErrorCode code) => new() { Error = new Error(code) };
}
