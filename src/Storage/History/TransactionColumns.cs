using Levee.Features;
using Npgsql;

namespace Levee.Storage;

/// <summary>The columns of <c>transactions</c> that make a transaction, and how they are read.</summary>
internal static class TransactionColumns
{
    /// <summary>How many there are: further columns of a query begin here.</summary>
    public const int Count = 11;

    /// <summary>For a SELECT list.</summary>
    public const string All =
        """
        transaction_id, customer_id, merchant_id, amount, currency, (base_amount * 100)::bigint, event_time, card_last_4, is_fraud,
            country, device_type
        """;

    /// <summary>The transaction that a reader stands on.</summary>
    public static Transaction Read(NpgsqlDataReader reader) => new()
    {
        TransactionId = reader.GetGuid(0),
        CustomerId = reader.GetInt64(1),
        MerchantId = reader.GetInt64(2),
        Amount = reader.GetDecimal(3),
        Currency = reader.GetString(4),
        BaseCents = reader.GetInt64(5),
        EventTimeMicros = UnixMicros.FromDateTimeOffset(new DateTimeOffset(reader.GetDateTime(6))),
        CardLast4 = reader.IsDBNull(7) ? null : reader.GetString(7),
        IsFraud = reader.IsDBNull(8) ? null : reader.GetBoolean(8),
        Country = reader.IsDBNull(9) ? null : reader.GetString(9),
        DeviceType = reader.IsDBNull(10) ? null : reader.GetString(10),
    };
}
