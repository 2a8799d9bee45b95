using System.Text;

namespace Levee.Testing.Fuzzing;

/// <summary>
/// Makes requests to the REST API that are wrong in ways that a parser must survive. It knows the bodies' structure, so that most
/// mistakes lie deep inside an otherwise good request instead of at its first byte. The same seed gives the same requests.
/// </summary>
/// <param name="seed">Seed of the random numbers.</param>
/// <param name="includeAdministration">Whether to also aim at promotion, rollback, archiving, retraining and replay, where a request that is
/// still good changes the system.</param>
public sealed class RequestMutator(int seed, bool includeAdministration = false)
{
    private readonly Random _random = new(seed);

    /// <summary>The next request.</summary>
    public MangledRequest Next()
    {
        var target = Roll(6) ? Reading() : Writing();
        var body = Encoding.UTF8.GetBytes(target.Rows is { } rows ? Write(rows, target.Lines) : "");
        if (body.Length > 0 && Roll(4))
        {
            body = MangleBytes(body);
        }

        if (target.Rows is not null && Roll(60))
        {
            body = Whole();
        }

        var method = Roll(25) ? Pick(["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "POST"]) : target.Rows is null ? "GET" : "POST";
        var good = target.Lines ? "application/x-ndjson" : "application/json";
        var contentType = Roll(12) ? Pick(OddValues.ContentTypes) : Roll(50) ? null : good;
        var prefix = Roll(4) ? "/v1" : "";
        return new MangledRequest(method, prefix + target.Path, contentType, body, Roll(8))
        {
            IdempotencyKey = target.TakesKey && Roll(2) ? Pick(OddValues.IdempotencyKeys) : null,
        };
    }

    private Target Reading() => _random.Next(8) switch
    {
        < 3 => new($"/customers/{Pick(OddValues.PathSegments)}/features", null),
        3 => new("/models" + Pick(OddValues.ModelQueries), null),
        4 => new("/models/history" + Pick(OddValues.ModelQueries), null),
        5 => new("/models/live" + Pick(OddValues.ModelQueries), null),
        6 => new("/retrain" + Pick(OddValues.Queries), null),
        _ => new(Pick(["/replay", "/health", "/models/" + Pick(OddValues.PathSegments)]) + Pick(OddValues.Queries), null),
    };

    private Target Writing() => _random.Next(includeAdministration ? 22 : 16) switch
    {
        < 8 => new("/predict" + Pick(OddValues.Queries), Once(Mutate(PredictFields())) with { IsArray = Roll(40) }),
        < 12 => Batch(),
        < 15 => new("/labels", Once(Mutate(LabelFields())) with { IsArray = Roll(2) }) { TakesKey = true },
        15 => new("/drift" + Pick(OddValues.Queries), null),
        16 => new($"/models/{Pick(OddValues.PathSegments)}/promote", Once(Mutate(ReasonFields()))),
        17 => new($"/models/{Pick(OddValues.PathSegments)}/rollback", Once(Mutate(ReasonFields()))),
        18 => new($"/models/{Pick(OddValues.PathSegments)}/archive", Once(Mutate(ReasonFields()))),
        19 => new("/retrain", Once(Mutate([new("force", "false")]))),
        _ => new("/replay", Once(Mutate(ReplayFields()))),
    };

    // Most rows are good, so that one row's fault stands beside answers.
    private Target Batch()
    {
        var rows = Enumerable.Range(0, _random.Next(0, 7)).Select(_ => Roll(3) ? Mutate(PredictFields()) : PredictFields()).ToList();
        return new("/predict/batch" + Pick(OddValues.Queries), new Body(rows) { IsArray = !Roll(30) }) { Lines = Roll(2) };
    }

    private Body Once(List<Field> fields) => new([.. Enumerable.Repeat(fields, Roll(10) ? _random.Next(0, 4) : 1)]);

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

    private static List<Field> ReasonFields() => [new("reason", "\"fuzz\""), new("who", "\"fuzzer\"")];

    private List<Field> ReplayFields()
    {
        List<Field> fields = [new("topic", "\"transactions\""), Roll(2) ? new("offset", "0") : new("from", "\"2026-01-31T12:00:00Z\"")];
        if (Roll(2))
        {
            fields.Add(new Field("partition", "3"));
        }

        return fields;
    }

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

    private string Write(Body body, bool lines)
    {
        var rows = body.Rows.Select(fields =>
            "{" + string.Join(Roll(50) ? ",," : ",", fields.Select(f => $"\"{f.Name}\":{f.Value}")) + "}").ToList();
        if (lines)
        {
            return string.Join(Roll(10) ? "\r\n\n" : "\n", rows);
        }

        return body.IsArray ? "[" + string.Join(",", rows) + "]" : rows.FirstOrDefault("");
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

    /// <summary>The objects of a body, of which one or an array is sent.</summary>
    private sealed record Body(List<List<Field>> Rows)
    {
        public bool IsArray { get; init; }
    }

    /// <summary>Where a request goes; without rows it only reads.</summary>
    private sealed record Target(string Path, Body? Rows)
    {
        public bool Lines { get; init; }

        public bool TakesKey { get; init; }
    }
}
