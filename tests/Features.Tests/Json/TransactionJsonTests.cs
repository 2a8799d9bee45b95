using System.Text;
using CsCheck;

namespace Levee.Features.Tests.Json;

public sealed class TransactionJsonTests
{
    private const string Id = "0b0e7a52-9f0c-4c5e-8f39-5a4a3a9a6a01";

    private static readonly long Now = UnixMicros.FromDateTimeOffset(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_full_message_is_read()
    {
        var transaction = Good($$"""
            { "transaction_id": "{{Id}}", "customer_id": 7, "merchant_id": 9223372036854775807, "amount": 9999.5, "currency": "USD",
              "timestamp": "2026-03-01T12:00:00.123456+01:00", "card_last_4": "0042", "is_fraud": 1, "country": "NL",
              "device_type": "mobile", "unknown": { "amount": [1, { "a": null }] }, "other": [[]] }
            """);

        Assert.Equal(
            new Transaction
            {
                TransactionId = Guid.Parse(Id),
                CustomerId = 7,
                MerchantId = long.MaxValue,
                Amount = 9999.5m,
                Currency = "USD",
                BaseCents = 919_954,
                EventTimeMicros = Now - UnixMicros.PerHour + 123_456,
                CardLast4 = "0042",
                IsFraud = true,
                Country = "NL",
                DeviceType = "mobile",
            },
            transaction);
    }

    [Theory]
    [InlineData("\"2026-03-01T11:00:00Z\"", 0)]
    [InlineData("\"2026-03-01T11:00:00.000001Z\"", 1)]
    [InlineData("\"2026-03-01T11:00:00.0000019Z\"", 1)]
    [InlineData("\"2026-03-01T12:30:00+01:30\"", 0)]
    [InlineData("\"2026-02-28T23:00:00-12:00\"", 0)]
    [InlineData("\"2026-03-01T11:00Z\"", 0)]
    [InlineData("\"2026-03-01\\u005411:00:00Z\"", 0)]
    [InlineData("1772362800000", 0)]
    [InlineData("1772362800001", 1_000)]
    public void Times_keep_their_microseconds(string json, long expected) =>
        Assert.Equal(Now - UnixMicros.PerHour + expected, Good(Message("timestamp", json)).EventTimeMicros);

    [Theory]
    [InlineData("transaction_id", "\"no\"")]
    [InlineData("transaction_id", "\"00000000-0000-0000-0000-000000000000\"")]
    [InlineData("transaction_id", "null")]
    [InlineData("transaction_id", "1")]
    [InlineData("customer_id", "0")]
    [InlineData("customer_id", "-1")]
    [InlineData("customer_id", "1.5")]
    [InlineData("customer_id", "\"1\"")]
    [InlineData("customer_id", "9223372036854775808")]
    [InlineData("customer_id", "[1]")]
    [InlineData("merchant_id", "0")]
    [InlineData("merchant_id", "{}")]
    [InlineData("amount", "0")]
    [InlineData("amount", "-0.01")]
    [InlineData("amount", "0.001")]
    [InlineData("amount", "1.005")]
    [InlineData("amount", "1e-30")]
    [InlineData("amount", "10000000000")]
    [InlineData("amount", "1e400")]
    [InlineData("amount", "9.999999999999999999999999999999999")]
    [InlineData("amount", "\"1.00\"")]
    [InlineData("amount", "null")]
    [InlineData("currency", "\"eur\"")]
    [InlineData("currency", "\"EURO\"")]
    [InlineData("currency", "\"XXX\"")]
    [InlineData("currency", "null")]
    [InlineData("timestamp", "\"2026-03-01T11:00:00\"")]
    [InlineData("timestamp", "\"2026-03-01\"")]
    [InlineData("timestamp", "\"2026-02-30T11:00:00Z\"")]
    [InlineData("timestamp", "\"1 March 2026 11:00 Z\"")]
    [InlineData("timestamp", "1772362800")]
    [InlineData("timestamp", "1772362800000.5")]
    [InlineData("timestamp", "true")]
    [InlineData("timestamp", "\"2026-03-01T12:05:00.000001Z\"")]
    [InlineData("card_last_4", "\"123\"")]
    [InlineData("card_last_4", "\"12a4\"")]
    [InlineData("card_last_4", "1234")]
    [InlineData("is_fraud", "2")]
    [InlineData("is_fraud", "\"true\"")]
    [InlineData("country", "\"nl\"")]
    [InlineData("country", "\"NLD\"")]
    [InlineData("device_type", "\"\"")]
    [InlineData("device_type", "\"a\\u0000b\"")]
    [InlineData("device_type", "7")]
    public void A_bad_value_is_named_with_what_was_expected(string field, string json)
    {
        var error = Bad(Message(field, json));
        Assert.Equal(field, error.Field);
        Assert.NotEmpty(error.Message);
    }

    [Fact]
    public void Five_minutes_ahead_of_the_clock_is_the_limit()
    {
        Assert.Equal(Now + (5 * UnixMicros.PerMinute), Good(Message("timestamp", "\"2026-03-01T12:05:00Z\"")).EventTimeMicros);
        Assert.Equal(new FieldError("timestamp", "timestamp in the future"), Bad(Message("timestamp", "\"2026-03-01T12:05:00.000001Z\"")));
    }

    [Theory]
    [InlineData("transaction_id")]
    [InlineData("customer_id")]
    [InlineData("merchant_id")]
    [InlineData("amount")]
    [InlineData("currency")]
    [InlineData("timestamp")]
    public void A_missing_field_is_named(string field)
    {
        var error = Bad(Message("un" + field, "null", without: field));
        Assert.Equal(field, error.Field);
        Assert.StartsWith("required", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("card_last_4")]
    [InlineData("is_fraud")]
    [InlineData("country")]
    [InlineData("device_type")]
    public void An_optional_field_may_be_null(string field) =>
        Assert.Equal(Good(Message("other", "1")), Good(Message(field, "null")));

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("1", true)]
    [InlineData("0", false)]
    public void An_early_label_is_a_number_or_a_boolean(string json, bool expected) =>
        Assert.Equal(expected, Good(Message("is_fraud", json)).IsFraud);

    [Fact]
    public void Of_a_repeated_field_the_last_one_counts() =>
        Assert.Equal(2m, Good(Message("other", "1", extra: ",\"amount\":2")).Amount);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{")]
    [InlineData("{\"amount\":")]
    [InlineData("{} {}")]
    [InlineData("{\"amount\":1,}")]
    [InlineData("not json")]
    public void What_is_not_one_object_is_refused(string json) =>
        Assert.False(TransactionJson.TryParse(Encoding.UTF8.GetBytes(json), CurrencyTable.Default, Now, out _, out _));

    [Fact]
    public void Text_that_is_not_utf8_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes(Message("device_type", "\"x\""));
        bytes[bytes.AsSpan().LastIndexOf((byte)'x')] = 0xff;
        Assert.False(TransactionJson.TryParse(bytes, CurrencyTable.Default, Now, out _, out _));
        Assert.False(TransactionJson.TryParse(
            Encoding.UTF8.GetBytes(Message("device_type", "\"\\ud800\"")), CurrencyTable.Default, Now, out _, out _));
    }

    [Fact]
    public void What_is_written_is_read_again_unchanged() =>
        Gen.Select(Gen.Guid, Gen.Long[1, long.MaxValue], Gen.Long[1, 99_999_999_999], Gen.Long[0, 30 * UnixMicros.PerDay], Gen.Int[0, 59]).Sample(
            (id, key, cents, age, pick) =>
            {
                var transaction = new Transaction
                {
                    TransactionId = id,
                    CustomerId = key,
                    MerchantId = long.MaxValue - key + 1,
                    Amount = cents / 100m,
                    Currency = "EUR",
                    BaseCents = cents,
                    EventTimeMicros = Now - age,
                    CardLast4 = pick % 2 == 0 ? null : "0000",
                    IsFraud = (pick % 3) switch { 0 => null, 1 => true, _ => false },
                    Country = pick % 4 == 0 ? null : "SE",
                    DeviceType = pick % 5 == 0 ? null : "téléphone \"portable\"",
                };
                Assert.True(TransactionJson.TryParse(TransactionJson.Write(transaction), CurrencyTable.Default, Now, out var read, out _));
                Assert.Equal(transaction, read);
            });

    [Fact]
    public void No_bytes_make_it_throw() =>
        Gen.Select(Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 400]).Array[1, 6].Sample(edits =>
        {
            var bytes = Encoding.UTF8.GetBytes(Message("device_type", "\"mobile\"")).ToList();
            foreach (var (at, value, cut) in edits)
            {
                bytes[at % bytes.Count] = value;
                bytes.RemoveRange(bytes.Count - (cut > 390 ? 1 : 0), cut > 390 ? 1 : 0);
            }

            var read = TransactionJson.TryParse(bytes.ToArray(), CurrencyTable.Default, Now, out var transaction, out var error);
            Assert.Equal(read, transaction is not null);
            Assert.Equal(read, error.Field is null);
        }, iter: 5_000);

    private static Transaction Good(string json)
    {
        Assert.True(TransactionJson.TryParse(Encoding.UTF8.GetBytes(json), CurrencyTable.Default, Now, out var transaction, out var error), $"{error}");
        return transaction!;
    }

    private static FieldError Bad(string json)
    {
        Assert.False(TransactionJson.TryParse(Encoding.UTF8.GetBytes(json), CurrencyTable.Default, Now, out var transaction, out var error));
        Assert.Null(transaction);
        return error;
    }

    private static string Message(string field, string value, string? without = null, string extra = "")
    {
        var fields = new Dictionary<string, string>
        {
            ["transaction_id"] = $"\"{Id}\"",
            ["customer_id"] = "7",
            ["merchant_id"] = "3",
            ["amount"] = "12.34",
            ["currency"] = "\"EUR\"",
            ["timestamp"] = "\"2026-03-01T11:00:00Z\"",
            [field] = value,
        };
        fields.Remove(without ?? "");
        return "{" + string.Join(",", fields.Select(one => $"\"{one.Key}\":{one.Value}")) + extra + "}";
    }
}
