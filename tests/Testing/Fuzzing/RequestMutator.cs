using System.Text;

namespace Levee.Testing.Fuzzing;

/// <summary>
/// Makes requests to the REST API that are wrong in ways that a parser must survive. It knows the bodies' structure, so that most
/// mistakes lie deep inside an otherwise good request instead of at its first byte. The same seed gives the same requests.
/// </summary>
/// <param name="seed">Seed of the random numbers.</param>
/// <param name="includeAdministration">Whether to also aim at promotion, rollback and retraining, where a request that is still good
/// changes the system.</param>
public sealed class RequestMutator(int seed, bool includeAdministration = false)
{
    private readonly Random _random = new(seed);

    /// <summary>The next request.</summary>
    public MangledRequest Next()
    {
        var (path, fields, array) = Target();
        var json = Write(Mutate(fields), array);
        var body = Roll(4) ? MangleBytes(Encoding.UTF8.GetBytes(json)) : Encoding.UTF8.GetBytes(json);
        if (Roll(60))
        {
            body = Whole();
        }

        var method = Roll(25) ? Pick(["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]) : "POST";
        if (path.StartsWith("/customers", StringComparison.Ordinal) && !Roll(10))
        {
            method = "GET";
        }

        var contentType = Roll(12) ? Pick(OddValues.ContentTypes) : Roll(50) ? null : "application/json";
        return new MangledRequest(method, path, contentType, body, Roll(8));
    }

    private (string Path, List<Field> Fields, bool Array) Target() => _random.Next(includeAdministration ? 16 : 13) switch
    {
        < 9 => ("/predict" + Pick(OddValues.Queries), PredictFields(), Roll(40)),
        < 12 => ("/labels", LabelFields(), Roll(2)),
        12 => ($"/customers/{Pick(OddValues.PathSegments)}/features", [], false),
        13 => ($"/models/{Pick(OddValues.PathSegments)}/promote", [new("reason", "\"fuzz\"")], Roll(20)),
        14 => ($"/models/{Pick(OddValues.PathSegments)}/rollback", [new("reason", "\"fuzz\"")], Roll(20)),
        _ => ("/retrain", [new("force", "false")], Roll(20)),
    };

    private List<Field> PredictFields()
    {
        List<Field> fields =
        [
            new("customer_id", Number(_random.Next(1, 5_000))),
            new("merchant_id", Number(_random.Next(1, 500))),
            new("amount", Number(_random.Next(1, 100)) + ".25"),
        ];
        Field[] optional =
        [
            new("transaction_id", "\"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11\""), new("currency", "\"EUR\""),
            new("timestamp", "\"2026-01-31T12:00:00.123456Z\""), new("card_last_4", "\"4242\""), new("country", "\"DE\""),
            new("device_type", "\"mobile\""), new("transaction_count", "3"), new("avg_amount", "57.2"),
        ];
        fields.AddRange(optional.Where(_ => Roll(2)));
        return fields;
    }

    private List<Field> LabelFields() =>
    [
        new("transaction_id", "\"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11\""), new("is_fraud", Roll(2) ? "1" : "false"),
        new("observed_at", "\"2026-02-10T08:30:00Z\""), new("source", "\"fuzz\""),
    ];

    private List<Field> Mutate(List<Field> fields)
    {
        for (var times = _random.Next(1, 4); times > 0 && fields.Count > 0; times--)
        {
            var at = _random.Next(fields.Count);
            var field = fields[at];
            switch (_random.Next(8))
            {
                case 0:
                    fields.RemoveAt(at);
                    break;
                case 1:
                    fields.Add(field with { Value = Roll(2) ? field.Value : OddValue() });
                    break;
                case 2:
                    fields[at] = field with { Name = OddName(field.Name) };
                    break;
                case 3:
                    fields.Insert(at, new Field("unknown_" + at, OddValue()));
                    break;
                case 4:
                    fields[at] = field with { Value = fields[_random.Next(fields.Count)].Value };
                    break;
                default:
                    fields[at] = field with { Value = OddValue() };
                    break;
            }
        }

        return fields;
    }

    private string OddName(string name) => _random.Next(5) switch
    {
        _ when name.Length == 0 => "x",
        0 => name.ToUpperInvariant(),
        1 => "\\u00" + ((int)name[0]).ToString("x2", System.Globalization.CultureInfo.InvariantCulture) + name[1..],
        2 => name + " ",
        3 => "\\ud800" + name,
        _ => "",
    };

    private string OddValue() => _random.Next(14) switch
    {
        0 => new string('[', _random.Next(1, 200)) + new string(']', _random.Next(1, 200)),
        1 => "\"" + new string('x', _random.Next(1, 3_000)) + "\"",
        2 => new string('9', _random.Next(1, 500)),
        3 => "0." + new string('0', _random.Next(1, 500)) + "1",
        _ => Pick(OddValues.Json),
    };

    private string Write(List<Field> fields, bool array)
    {
        var json = "{" + string.Join(Roll(50) ? ",," : ",", fields.Select(f => $"\"{f.Name}\":{f.Value}")) + "}";
        return array ? "[" + string.Join(",", Enumerable.Repeat(json, _random.Next(0, 4))) + "]" : json;
    }

    private byte[] MangleBytes(byte[] body)
    {
        if (body.Length == 0)
        {
            return body;
        }

        var at = _random.Next(body.Length);
        switch (_random.Next(6))
        {
            case 0:
                return body[..at];
            case 1:
                body[at] ^= (byte)(1 << _random.Next(8));
                return body;
            case 2:
                var noise = new byte[_random.Next(1, 20)];
                _random.NextBytes(noise);
                return [.. body[..at], .. noise, .. body[at..]];
            case 3:
                return [.. body[..at], .. body[Math.Min(body.Length, at + _random.Next(1, 10))..]];
            case 4:
                return [.. body, .. body[at..]];
            default:
                return [0xEF, 0xBB, 0xBF, .. body];
        }
    }

    private byte[] Whole() => _random.Next(5) switch
    {
        0 => [],
        1 => Encoding.UTF8.GetBytes("  \r\n\t "),
        2 => Encoding.UTF8.GetBytes("{\"pad\":\"" + new string('p', _random.Next(60_000, 70_000)) + "\"}"),
        3 => Encoding.Unicode.GetBytes("{\"customer_id\":1,\"merchant_id\":1,\"amount\":1}"),
        _ => Encoding.UTF8.GetBytes(OddValue()),
    };

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private bool Roll(int sides) => _random.Next(sides) == 0;

    private string Pick(string[] values) => values[_random.Next(values.Length)];

    private readonly record struct Field(string Name, string Value);
}
