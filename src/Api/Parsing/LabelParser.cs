using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Levee.Features;
using Levee.Grains;

namespace Levee.Api.Parsing;

/// <summary>Reads the body of POST /labels: one label or an array of them. Errors in an array are named "[3].is_fraud".</summary>
internal ref struct LabelParser
{
    /// <summary>What a label's source is called when the caller does not say.</summary>
    public const string DefaultSource = "api";

    private const int MaxSourceLength = 64;

    private readonly FieldErrors _errors;
    private readonly int _maxLabels;
    private readonly long _latestMicros;
    private readonly List<LabelSubmission> _labels = [];
    private Utf8JsonReader _reader;

    private LabelParser(byte[] body, int maxLabels, long latestMicros, FieldErrors errors)
    {
        _errors = errors;
        _maxLabels = maxLabels;
        _latestMicros = latestMicros;
        _reader = new Utf8JsonReader(body);
    }

    /// <summary>Parses and validates labels.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="maxLabels">Most labels in one body.</param>
    /// <param name="latestMicros">The latest observed time that is not "in the future", microseconds since the Unix epoch.</param>
    /// <param name="errors">Gets whatever is wrong.</param>
    /// <returns>The labels; not to be used when <paramref name="errors"/> has something.</returns>
    public static LabelSubmission[] Parse(byte[] body, int maxLabels, long latestMicros, FieldErrors errors)
    {
        if (body.Length == 0 || !Utf8.IsValid(body))
        {
            errors.Add(FieldErrors.Body, "expected a JSON object or array in UTF-8");
            return [];
        }

        var parser = new LabelParser(body, maxLabels, latestMicros, errors);
        try
        {
            parser.ReadAll();
        }
        catch (JsonException e)
        {
            errors.Add(FieldErrors.Body, JsonErrors.Describe(e));
        }
        catch (InvalidOperationException)
        {
            errors.Add(FieldErrors.Body, JsonErrors.BadUnicode);
        }

        return [.. parser._labels];
    }

    private void ReadAll()
    {
        _reader.Read();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                ReadLabel(_errors);
                break;
            case JsonTokenType.StartArray:
                ReadArray();
                break;
            default:
                _errors.Add(FieldErrors.Body, "expected a JSON object or an array of objects");
                return;
        }

        // Throws when anything but white space follows.
        _reader.Read();
    }

    private void ReadArray()
    {
        var index = 0;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (index == _maxLabels)
            {
                _errors.Add(FieldErrors.Body, string.Create(CultureInfo.InvariantCulture, $"expected at most {_maxLabels} labels"));
            }

            var prefix = string.Create(CultureInfo.InvariantCulture, $"[{index++}]");
            if (_reader.TokenType != JsonTokenType.StartObject)
            {
                _reader.Skip();
                _errors.Add(prefix, "expected an object");
                continue;
            }

            var errors = new FieldErrors();
            ReadLabel(errors);
            _errors.AddAll(prefix + ".", errors);
        }

        if (index == 0)
        {
            _errors.Add(FieldErrors.Body, "expected at least one label");
        }
    }

    private void ReadLabel(FieldErrors errors)
    {
        Guid? id = null;
        bool? isFraud = null;
        long? observed = null;
        string? source = null;
        var seen = LabelFields.None;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var (field, name) = Identify(in _reader);
            _reader.Read();
            if (field == LabelFields.None)
            {
                _reader.Skip();
                continue;
            }

            if ((seen & field) != 0)
            {
                errors.Add(name, "was given more than once: expected it once");
                _reader.Skip();
                continue;
            }

            seen |= field;
            switch (field)
            {
                case LabelFields.TransactionId:
                    JsonFields.TryReadUuid(ref _reader, name, errors, out id);
                    break;
                case LabelFields.IsFraud:
                    JsonFields.TryReadFlag(ref _reader, name, errors, out isFraud);
                    break;
                case LabelFields.ObservedAt when _reader.TokenType != JsonTokenType.Null:
                    JsonFields.TryReadTime(ref _reader, name, errors, _latestMicros, out observed);
                    break;
                case LabelFields.Source when _reader.TokenType != JsonTokenType.Null:
                    JsonFields.TryReadText(ref _reader, name, errors, MaxSourceLength, out source);
                    break;
                default:
                    break;
            }
        }

        Require(seen, LabelFields.TransactionId, "transaction_id", errors);
        Require(seen, LabelFields.IsFraud, "is_fraud", errors);
        if (id is { } transactionId && isFraud is { } fraud && !errors.Any && _labels.Count < _maxLabels)
        {
            _labels.Add(new LabelSubmission
            {
                TransactionId = transactionId,
                IsFraud = fraud,
                Source = source ?? DefaultSource,
                ObservedAt = observed is { } micros ? UnixMicros.ToDateTimeOffset(micros) : null,
            });
        }
    }

    private static void Require(LabelFields seen, LabelFields field, string name, FieldErrors errors)
    {
        if ((seen & field) == 0)
        {
            errors.Add(name, "is required");
        }
    }

    private static (LabelFields Field, string Name) Identify(in Utf8JsonReader reader) => 0 switch
    {
        _ when reader.ValueTextEquals("transaction_id"u8) => (LabelFields.TransactionId, "transaction_id"),
        _ when reader.ValueTextEquals("is_fraud"u8) => (LabelFields.IsFraud, "is_fraud"),
        _ when reader.ValueTextEquals("observed_at"u8) => (LabelFields.ObservedAt, "observed_at"),
        _ when reader.ValueTextEquals("source"u8) => (LabelFields.Source, "source"),
        _ => (LabelFields.None, ""),
    };
}
