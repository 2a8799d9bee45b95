using Levee.Features;

namespace Levee.Training;

/// <summary>Makes a transaction of a row's texts; the checks and their messages are those of a Kafka record.</summary>
internal sealed class RowParser(TransactionFileOptions options, IReadOnlyList<string> columns, int[] indexes)
{
    private const int TransactionId = 0, Customer = 1, Merchant = 2, Amount = 3, Currency = 4, Time = 5, Card = 6, Fraud = 7, Country = 8, Device = 9;

    // Texts that rows repeat are kept once; beyond the bound each row has its own.
    private const int MaxTexts = 4_096;

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly string _defaultCurrency = options.DefaultCurrency ?? options.Currencies.BaseCurrency;
    private readonly long _latestMicros = UnixMicros.FromDateTimeOffset(options.Clock.GetUtcNow()) + TransactionJson.MaxAheadMicros;

    public FileRow Parse(IRowSource row, long number)
    {
        if (row.Count != columns.Count)
        {
            return Reject(number, "row", $"expected {columns.Count} values");
        }

        if (!TryReadId(Text(row, Customer), out var customer))
        {
            return Reject(number, "customer_id", FieldReader.IdExpected);
        }

        if (!TryReadId(Text(row, Merchant), out var merchant))
        {
            return Reject(number, "merchant_id", FieldReader.IdExpected);
        }

        if (!FieldText.TryReadAmount(Text(row, Amount), out var amount))
        {
            return Reject(number, "amount", FieldReader.AmountExpected);
        }

        if (!FieldText.TryReadTime(Text(row, Time), options.TimeZone, out var micros))
        {
            return Reject(number, "timestamp", FieldText.TimeExpected);
        }

        if (micros > _latestMicros)
        {
            return Reject(number, "timestamp", "timestamp in the future");
        }

        var currency = Text(row, Currency) is { IsEmpty: false } code ? Shared(code) : _defaultCurrency;
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper))
        {
            return Reject(number, "currency", FieldReader.CurrencyExpected);
        }

        if (!options.Currencies.Knows(currency))
        {
            return Reject(number, "currency", $"no rate is configured for {currency}");
        }

        if (!options.Currencies.TryToBaseCents(amount, currency, out var cents))
        {
            return Reject(number, "amount", "too large in the base currency");
        }

        return Complete(row, number, new Transaction
        {
            TransactionId = Guid.Empty,
            CustomerId = customer,
            MerchantId = merchant,
            Amount = amount,
            Currency = currency,
            BaseCents = cents,
            EventTimeMicros = micros,
        });
    }

    private static FileRow Reject(long number, string field, string message) => new(number, null, new FieldError(field, message));

    private FileRow Complete(IRowSource row, long number, Transaction transaction)
    {
        if (!TryReadTransactionId(row, number, transaction, out var id))
        {
            return Reject(number, "transaction_id", "required: a UUID, or any other text");
        }

        var card = Text(row, Card) is { IsEmpty: false } digits ? digits.ToString() : null;
        if (card is not null && (card.Length != 4 || !card.All(char.IsAsciiDigit)))
        {
            return Reject(number, "card_last_4", "expected a text of four digits");
        }

        if (!FieldText.TryReadFlag(Text(row, Fraud), out var fraud))
        {
            return Reject(number, "is_fraud", "expected 0, 1, true or false");
        }

        var country = Text(row, Country) is { IsEmpty: false } letters ? Shared(letters) : null;
        if (country is not null && (country.Length != 2 || !country.All(char.IsAsciiLetterUpper)))
        {
            return Reject(number, "country", "expected an ISO 3166 code of two upper-case letters");
        }

        var device = Text(row, Device) is { IsEmpty: false } type ? Shared(type) : null;
        if (device is not null && (device.Length > TransactionJson.MaxDeviceTypeLength || device.Any(char.IsControl)))
        {
            return Reject(number, "device_type", $"expected a text of 1 to {TransactionJson.MaxDeviceTypeLength} printable characters");
        }

        return new FileRow(
            number,
            transaction with { TransactionId = id, CardLast4 = card, IsFraud = fraud, Country = country, DeviceType = device },
            default);
    }

    private bool TryReadTransactionId(IRowSource row, long number, Transaction transaction, out Guid id)
    {
        if (indexes[TransactionId] < 0)
        {
            id = NamedIds.Uuid(number, transaction.CustomerId, transaction.MerchantId, transaction.Amount, transaction.EventTimeMicros);
            return true;
        }

        var text = Text(row, TransactionId);
        if (!Guid.TryParseExact(text, "D", out id) && !text.IsEmpty)
        {
            id = NamedIds.Uuid(text);
        }

        return id != Guid.Empty;
    }

    private bool TryReadId(ReadOnlySpan<char> text, out long id)
    {
        if (FieldText.TryReadId(text, out id))
        {
            return true;
        }

        if (options.TextIds && !text.IsEmpty)
        {
            id = NamedIds.Number(text);
            return true;
        }

        return false;
    }

    private ReadOnlySpan<char> Text(IRowSource row, int field) => indexes[field] < 0 ? default : row[indexes[field]].Trim();

    private string Shared(ReadOnlySpan<char> text)
    {
        var lookup = _texts.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(text, out var known))
        {
            known = text.ToString();
            if (_texts.Count < MaxTexts)
            {
                _texts.Add(known, known);
            }
        }

        return known;
    }
}
