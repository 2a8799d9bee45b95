using Levee.Features;

namespace Levee.Storage.Tests.Parity;

public sealed class RowDigestTests
{
    private static readonly Transaction Row = new()
    {
        TransactionId = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        CustomerId = 7,
        MerchantId = 8,
        Amount = 12.30m,
        Currency = "USD",
        BaseCents = 1_130,
        EventTimeMicros = 1_772_366_400_000_001,
        CardLast4 = "1234",
        IsFraud = false,
        Country = "DE",
        DeviceType = "web",
    };

    private static readonly LabelRow Label = new(
        Row.TransactionId, true, "bank", DateTimeOffset.UnixEpoch.AddDays(20_000), DateTimeOffset.UnixEpoch.AddDays(20_001));

    [Fact]
    public void Every_field_of_a_transaction_counts()
    {
        Transaction[] others =
        [
            Row with { TransactionId = Guid.Empty },
            Row with { CustomerId = 8, MerchantId = 7 },
            Row with { Amount = 12.31m },
            Row with { BaseCents = 1_131 },
            Row with { Currency = "EUR" },
            Row with { EventTimeMicros = Row.EventTimeMicros + 1 },
            Row with { CardLast4 = "1235" },
            Row with { CardLast4 = null },
            Row with { IsFraud = true },
            Row with { IsFraud = null },
            Row with { Country = null },
            Row with { Country = "FR" },
            Row with { DeviceType = "" },
            Row with { DeviceType = null },
            Row with { Country = "web", DeviceType = "DE" },
            Row with { DeviceType = new string('é', 300) },
            Row with { DeviceType = new string('è', 300) },
        ];

        Assert.Equal(others.Length + 1, others.Append(Row).Select(RowDigest.Of).Distinct().Count());
    }

    [Fact]
    public void Every_field_of_a_label_counts()
    {
        LabelRow[] others =
        [
            Label with { TransactionId = Guid.Empty },
            Label with { IsFraud = false },
            Label with { Source = "banks" },
            Label with { ObservedAt = Label.ObservedAt.AddMicroseconds(1) },
            Label with { RecordedAt = Label.RecordedAt.AddDays(1) },
            Label with { ObservedAt = Label.RecordedAt, RecordedAt = Label.ObservedAt },
        ];

        Assert.Equal(others.Length + 1, others.Append(Label).Select(RowDigest.Of).Distinct().Count());
    }

    [Fact]
    public void What_PostgreSQL_does_not_keep_does_not_count()
    {
        Assert.Equal(RowDigest.Of(Row), RowDigest.Of(Row with { Amount = 12.3m }));
        Assert.Equal(RowDigest.Of(Label), RowDigest.Of(Label with { ObservedAt = Label.ObservedAt.AddTicks(9) }));
        Assert.Equal(RowDigest.Of(Label), RowDigest.Of(Label with { ObservedAt = Label.ObservedAt.ToOffset(TimeSpan.FromHours(5)) }));
    }
}
