using System.Text.Json;

namespace Levee.Features;

/// <summary>The fields of a message on their way to a <see cref="Transaction"/>: each is checked as it is read.</summary>
internal struct TransactionFields
{
    private Guid? _transactionId;
    private long _customerId;
    private long _merchantId;
    private decimal _amount;
    private string? _currency;
    private long? _eventTime;
    private string? _cardLast4;
    private bool? _isFraud;
    private string? _country;
    private string? _deviceType;

    /// <summary>Reads the property that the reader stands on, with its value.</summary>
    public bool TryRead(ref Utf8JsonReader reader, out FieldError error)
    {
        error = default;
        if (reader.ValueTextEquals("transaction_id"u8))
        {
            reader.Read();
            return Check(FieldReader.TryReadGuid(ref reader, out _transactionId), "transaction_id", "expected a UUID", out error);
        }

        if (reader.ValueTextEquals("customer_id"u8))
        {
            reader.Read();
            return Check(FieldReader.TryReadId(ref reader, out _customerId), "customer_id", FieldReader.IdExpected, out error);
        }

        if (reader.ValueTextEquals("merchant_id"u8))
        {
            reader.Read();
            return Check(FieldReader.TryReadId(ref reader, out _merchantId), "merchant_id", FieldReader.IdExpected, out error);
        }

        if (reader.ValueTextEquals("amount"u8))
        {
            reader.Read();
            return Check(FieldReader.TryReadAmount(ref reader, out _amount), "amount", FieldReader.AmountExpected, out error);
        }

        if (reader.ValueTextEquals("currency"u8))
        {
            reader.Read();
            return Check(FieldReader.TryReadLetters(ref reader, 3, optional: false, out _currency), "currency", FieldReader.CurrencyExpected, out error);
        }

        if (reader.ValueTextEquals("timestamp"u8))
        {
            reader.Read();
            return Check(FieldReader.TryReadTime(ref reader, out _eventTime), "timestamp", FieldReader.TimeExpected, out error);
        }

        return TryReadOptional(ref reader, out error);
    }

    /// <summary>The transaction, if nothing required is missing.</summary>
    public readonly bool TryComplete(CurrencyTable currencies, long nowMicros, out Transaction? transaction, out FieldError error)
    {
        transaction = null;
        var cents = 0L;
        if (!Check(_transactionId is not null, "transaction_id", "required: a UUID", out error)
            || !Check(_customerId > 0, "customer_id", "required: a positive integer", out error)
            || !Check(_merchantId > 0, "merchant_id", "required: a positive integer", out error)
            || !Check(_amount > 0, "amount", "required: a number above 0", out error)
            || !Check(_currency is not null, "currency", "required: an ISO 4217 code such as EUR", out error)
            || !Check(_eventTime is not null, "timestamp", "required: ISO 8601 with offset, or epoch milliseconds", out error)
            || !Check(_eventTime <= nowMicros + TransactionJson.MaxAheadMicros, "timestamp", "timestamp in the future", out error)
            || !Check(currencies.Knows(_currency!), "currency", $"no rate is configured for {_currency}", out error)
            || !Check(currencies.TryToBaseCents(_amount, _currency!, out cents), "amount", "too large in the base currency", out error))
        {
            return false;
        }

        transaction = new Transaction
        {
            TransactionId = _transactionId!.Value,
            CustomerId = _customerId,
            MerchantId = _merchantId,
            Amount = _amount,
            Currency = _currency!,
            BaseCents = cents,
            EventTimeMicros = _eventTime!.Value,
            CardLast4 = _cardLast4,
            IsFraud = _isFraud,
            Country = _country,
            DeviceType = _deviceType,
        };
        return true;
    }

    private bool TryReadOptional(ref Utf8JsonReader reader, out FieldError error)
    {
        error = default;
        if (reader.ValueTextEquals("card_last_4"u8))
        {
            reader.Read();
            return Check(FieldReader.TryReadDigits(ref reader, 4, out _cardLast4), "card_last_4", "expected a text of four digits", out error);
        }

        if (reader.ValueTextEquals("is_fraud"u8))
        {
            reader.Read();
            return Check(FieldReader.TryReadFlag(ref reader, out _isFraud), "is_fraud", "expected 0, 1, true or false", out error);
        }

        if (reader.ValueTextEquals("country"u8))
        {
            reader.Read();
            return Check(
                FieldReader.TryReadLetters(ref reader, 2, optional: true, out _country), "country", "expected an ISO 3166 code of two upper-case letters", out error);
        }

        if (reader.ValueTextEquals("device_type"u8))
        {
            reader.Read();
            return Check(
                FieldReader.TryReadText(ref reader, TransactionJson.MaxDeviceTypeLength, out _deviceType),
                "device_type",
                $"expected a text of 1 to {TransactionJson.MaxDeviceTypeLength} printable characters",
                out error);
        }

        reader.Read();
        reader.Skip();
        return true;
    }

    private static bool Check(bool good, string field, string message, out FieldError error)
    {
        error = good ? default : new FieldError(field, message);
        return good;
    }
}
