using System.Text.Json;
using System.Text.Unicode;
using Levee.Features;
using Levee.Grains;

namespace Levee.Api.Parsing;

/// <summary>
/// Reads the body of POST /predict. One pass over the bytes, no intermediate objects: this is the hot path. Every faulty field is
/// reported, unknown fields are ignored, a known field given twice is an error because it would be unclear which one counts.
/// </summary>
internal ref struct PredictParser
{
    // A request with every field has some 300.
    private const int LongestLoggedBody = 1_024;

    private readonly byte[] _body;
    private readonly CurrencyTable _currencies;
    private readonly FieldErrors _errors;
    private readonly long _latestMicros;
    private Utf8JsonReader _reader;
    private PredictFields _seen;
    private string _current = FieldErrors.Body;
    private bool _plain = true;

    private Guid? _transactionId;
    private long _customerId;
    private long _merchantId;
    private decimal _amount;
    private string? _currency;
    private long? _timeMicros;
    private string? _cardLast4;
    private string? _country;
    private string? _deviceType;
    private int? _transactionCount;
    private double? _avgAmount;

    private PredictParser(byte[] body, CurrencyTable currencies, long latestMicros, FieldErrors errors)
    {
        _body = body;
        _currencies = currencies;
        _latestMicros = latestMicros;
        _errors = errors;
        _reader = new Utf8JsonReader(body);
    }

    /// <summary>Parses and validates a request.</summary>
    /// <param name="body">The whole body. The result keeps it.</param>
    /// <param name="currencies">Rates to the base currency, which is also the default.</param>
    /// <param name="latestMicros">The latest timestamp that is not "in the future", microseconds since the Unix epoch.</param>
    /// <param name="errors">Gets whatever is wrong.</param>
    /// <returns>The request, or null when <paramref name="errors"/> has something.</returns>
    public static ScoreRequest? Parse(byte[] body, CurrencyTable currencies, long latestMicros, FieldErrors errors)
    {
        if (body.Length == 0)
        {
            errors.Add(FieldErrors.Body, "expected a JSON object, but the body is empty");
            return null;
        }

        if (!Utf8.IsValid(body))
        {
            errors.Add(FieldErrors.Body, "expected UTF-8 text");
            return null;
        }

        var parser = new PredictParser(body, currencies, latestMicros, errors);
        return parser.Parse();
    }

    private ScoreRequest? Parse()
    {
        try
        {
            ReadObject();
        }
        catch (JsonException e)
        {
            _errors.Add(_current, JsonErrors.Describe(e));
            return null;
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that an escape sequence is half a surrogate pair.
            _errors.Add(_current, JsonErrors.BadUnicode);
            return null;
        }

        return _errors.Any ? null : Build();
    }

    private void ReadObject()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _errors.Add(FieldErrors.Body, "expected a JSON object");
            return;
        }

        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var (field, name) = Identify(in _reader);
            _current = name;
            _reader.Read();
            ReadField(field, name);
            _current = FieldErrors.Body;
        }

        // Throws when anything but white space follows the object.
        _reader.Read();
        CheckRequired();
    }

    private static (PredictFields Field, string Name) Identify(in Utf8JsonReader reader) => 0 switch
    {
        _ when reader.ValueTextEquals("customer_id"u8) => (PredictFields.CustomerId, "customer_id"),
        _ when reader.ValueTextEquals("merchant_id"u8) => (PredictFields.MerchantId, "merchant_id"),
        _ when reader.ValueTextEquals("amount"u8) => (PredictFields.Amount, "amount"),
        _ when reader.ValueTextEquals("transaction_id"u8) => (PredictFields.TransactionId, "transaction_id"),
        _ when reader.ValueTextEquals("currency"u8) => (PredictFields.Currency, "currency"),
        _ when reader.ValueTextEquals("timestamp"u8) => (PredictFields.Timestamp, "timestamp"),
        _ when reader.ValueTextEquals("card_last_4"u8) => (PredictFields.CardLast4, "card_last_4"),
        _ when reader.ValueTextEquals("country"u8) => (PredictFields.Country, "country"),
        _ when reader.ValueTextEquals("device_type"u8) => (PredictFields.DeviceType, "device_type"),
        _ when reader.ValueTextEquals("transaction_count"u8) => (PredictFields.TransactionCount, "transaction_count"),
        _ when reader.ValueTextEquals("avg_amount"u8) => (PredictFields.AvgAmount, "avg_amount"),
        _ => (PredictFields.None, FieldErrors.Body),
    };

    private void ReadField(PredictFields field, string name)
    {
        if (field == PredictFields.None)
        {
            _plain = false;
            _reader.Skip();
            return;
        }

        if ((_seen & field) != 0)
        {
            _errors.Add(name, "was given more than once: expected it once");
            _reader.Skip();
            return;
        }

        _seen |= field;
        if (_reader.TokenType == JsonTokenType.Null)
        {
            if ((field & PredictFields.Required) != 0)
            {
                _errors.Add(name, "is required: expected a value, not null");
            }

            return;
        }

        if (_reader.TokenType == JsonTokenType.Number && !JsonFields.IsPlainNumber(in _reader))
        {
            _plain = false;
        }

        ReadValue(field, name);
    }

    private void ReadValue(PredictFields field, string name)
    {
        switch (field)
        {
            case PredictFields.CustomerId:
                JsonFields.TryReadId(ref _reader, name, _errors, out _customerId);
                break;
            case PredictFields.MerchantId:
                JsonFields.TryReadId(ref _reader, name, _errors, out _merchantId);
                break;
            case PredictFields.Amount:
                JsonFields.TryReadAmount(ref _reader, name, _errors, out _amount);
                break;
            case PredictFields.TransactionId:
                JsonFields.TryReadUuid(ref _reader, name, _errors, out _transactionId);
                break;
            case PredictFields.Currency:
                JsonFields.TryReadCurrency(ref _reader, name, _errors, out _currency);
                break;
            case PredictFields.Timestamp:
                JsonFields.TryReadTime(ref _reader, name, _errors, _latestMicros, out _timeMicros);
                break;
            case PredictFields.CardLast4:
                JsonFields.TryReadCardLast4(ref _reader, name, _errors, out _cardLast4);
                break;
            case PredictFields.Country:
                JsonFields.TryReadCountry(ref _reader, name, _errors, out _country);
                break;
            case PredictFields.DeviceType:
                JsonFields.TryReadText(ref _reader, name, _errors, TransactionJson.MaxDeviceTypeLength, out _deviceType);
                break;
            case PredictFields.TransactionCount:
                JsonFields.TryReadCount(ref _reader, name, _errors, out _transactionCount);
                break;
            case PredictFields.AvgAmount:
                JsonFields.TryReadAverage(ref _reader, name, _errors, out _avgAmount);
                break;
            default:
                break;
        }
    }

    private readonly void CheckRequired()
    {
        Check(PredictFields.CustomerId, "customer_id");
        Check(PredictFields.MerchantId, "merchant_id");
        Check(PredictFields.Amount, "amount");
    }

    private readonly void Check(PredictFields field, string name)
    {
        if ((_seen & field) == 0)
        {
            _errors.Add(name, "is required");
        }
    }

    private readonly ScoreRequest? Build()
    {
        var currency = _currency ?? _currencies.BaseCurrency;
        if (!_currencies.Knows(currency))
        {
            _errors.Add("currency", $"expected a currency that has a rate to {_currencies.BaseCurrency}");
            return null;
        }

        if (!_currencies.TryToBaseCents(_amount, currency, out var cents))
        {
            _errors.Add("amount", $"expected at most 9999999999.99 in {_currencies.BaseCurrency}");
            return null;
        }

        // A body that is padded goes into the log without what pads it.
        var isLogged = _plain && _body.Length <= LongestLoggedBody;
        var request = new ScoreRequest
        {
            TransactionId = _transactionId,
            CustomerId = _customerId,
            MerchantId = _merchantId,
            Amount = _amount,
            Currency = currency,
            BaseCents = cents,
            EventTimeMicros = _timeMicros,
            CardLast4 = _cardLast4,
            Country = _country,
            DeviceType = _deviceType,
            TransactionCount = _transactionCount,
            AvgAmount = _avgAmount,
            RequestJson = isLogged ? _body : null,
        };
        return isLogged ? request : request with { RequestJson = PredictRequestJson.Write(request) };
    }
}
