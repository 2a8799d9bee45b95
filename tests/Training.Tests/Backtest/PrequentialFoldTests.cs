using Levee.Features;

namespace Levee.Training.Tests.Backtest;

public sealed class PrequentialFoldTests
{
    private static readonly DateTime Start = new(2018, 6, 20, 0, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(7, 7, 7, 7)]
    [InlineData(3, 2, 4, 1)]
    [InlineData(1, 0, 1, 5)]
    [InlineData(2, 9, 3, 2)]
    public void Any_rows_are_split_as_the_protocol_is_written(int trainDays, int delayDays, int testDays, int stepDays)
    {
        var protocol = new BacktestProtocol
        {
            TrainStart = DateOnly.FromDateTime(Start),
            TrainDays = trainDays,
            DelayDays = delayDays,
            TestDays = testDays,
            StepDays = stepDays,
            Folds = 3,
        };
        var leftOut = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var rows = Rows(seed);
            for (var fold = 0; fold < protocol.Folds; fold++)
            {
                var first = Start.AddDays(fold * stepDays);
                var actual = PrequentialFold.Of(rows, protocol, fold);
                Assert.Equal(rows.Where(row => Day(row) >= first && Day(row) < first.AddDays(trainDays)), actual.Train);
                Assert.Equal(rows.Where(row => IsTested(row, rows, first, trainDays, delayDays, testDays)), actual.Test);
                leftOut += actual.LeftOut;
                var inTestDays = rows.Count(row => Day(row) >= first.AddDays(trainDays + delayDays) && Day(row) < first.AddDays(trainDays + delayDays + testDays));
                Assert.Equal(inTestDays, actual.Test.Count + actual.LeftOut);
            }
        }

        Assert.NotEqual(0, leftOut);
    }

    [Fact]
    public void A_fraud_in_the_delay_removes_its_customer_from_the_test_day_at_which_it_is_known()
    {
        // Fraud on the second day after the training (index 8): known to who works on test day 2 and later, not on day 1.
        var rows = new List<TrainingRow> { Row(1, 0, 1, true), Row(2, 8, 2, true) };
        rows.AddRange(Enumerable.Range(14, 7).Select(day => Row(100 + day, day, 2, false)));

        var fold = PrequentialFold.Of(rows, new BacktestProtocol { TrainStart = DateOnly.FromDateTime(Start) }, 0);

        Assert.Equal([14, 15], fold.Test.Select(row => (int)(Day(row) - Start).TotalDays));
        Assert.Equal(5, fold.LeftOut);
    }

    // A row is tested on day k unless its customer had a fraud from the training's first day up to the day before the k-th after it.
    private static bool IsTested(TrainingRow row, List<TrainingRow> rows, DateTime first, int trainDays, int delayDays, int testDays)
    {
        var k = (Day(row) - first.AddDays(trainDays + delayDays)).Days;
        return k >= 0 && k < testDays && !rows.Exists(other =>
            other.IsFraud && other.CustomerId == row.CustomerId && Day(other) >= first && Day(other) <= first.AddDays(trainDays + k - 1));
    }

    private static DateTime Day(TrainingRow row) => UnixMicros.ToDateTimeOffset(row.EventTimeMicros).UtcDateTime.Date;

    private static List<TrainingRow> Rows(int seed)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, 300)
                .Select(_ => Start.AddDays(random.Next(-3, 30)).AddSeconds(random.Next(2) == 0 ? 0 : random.Next(86_400)))
                .Order()
                .Select((time, i) => Make(i, time, random.Next(1, 40), random.Next(12) == 0)),
        ];
    }

    private static TrainingRow Row(int number, int day, long customer, bool fraud) => Make(number, Start.AddDays(day).AddHours(5), customer, fraud);

    private static TrainingRow Make(int number, DateTime time, long customer, bool fraud) => new(
        new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]), UnixMicros.FromDateTimeOffset(new DateTimeOffset(time)), customer, fraud, []);
}
