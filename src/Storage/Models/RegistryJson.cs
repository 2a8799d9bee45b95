using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;

namespace Levee.Storage;

/// <summary>Metrics as jsonb, and parameters of commands. A metric of a class that is missing from the test is NaN.</summary>
internal static class RegistryJson
{
    private static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static string Write(IReadOnlyDictionary<string, double> metrics) => JsonSerializer.Serialize(metrics, Options);

    public static string Write(IReadOnlyDictionary<string, string> parameters) => JsonSerializer.Serialize(parameters);

    public static Dictionary<string, double> ReadMetrics(string json) => JsonSerializer.Deserialize<Dictionary<string, double>>(json, Options)!;

    public static Dictionary<string, string> ReadParameters(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;

    public static NpgsqlParameter Parameter(string json) => new() { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb };
}
