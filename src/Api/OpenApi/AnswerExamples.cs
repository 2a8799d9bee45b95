using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace Levee.Api.OpenApi;

/// <summary>An example for each answer in the document, by the schema that it has.</summary>
internal static class AnswerExamples
{
    private const string Time = "2026-01-31T12:00:00+00:00";
    private const string Fields = "HttpValidationProblemDetails";

    private static readonly Dictionary<string, Func<JsonNode>> BySchema = new(StringComparer.Ordinal)
    {
        ["PredictAnswer"] = Score,
        ["BatchRowAnswer"] = BatchRow,
        ["LabelsAnswer"] = () => new JsonObject { ["accepted"] = 1, ["new"] = 1 },
        ["CustomerFeaturesAnswer"] = () => new JsonObject
        {
            ["customer_id"] = 42,
            ["sequence"] = 17,
            ["as_of"] = Time,
            ["newest_event"] = Time,
            ["features"] = new JsonObject { ["customer_count_1d"] = 3, ["customer_avg_amount_1d"] = 57.2 },
        },
        ["ModelAnswer"] = Model,
        ["ModelsAnswer"] = () => new JsonObject
        {
            ["models"] = new JsonArray(Model()),
            ["served"] = new JsonObject { ["S10.0.0.1:11111:1"] = "v1" },
        },
        ["ModelHistoryAnswer"] = () => new JsonObject { ["changes"] = new JsonArray(StageChange()) },
        ["LiveModelsAnswer"] = () => new JsonObject
        {
            ["from"] = "2026-01-31T00:00:00+00:00",
            ["to"] = "2026-02-01T00:00:00+00:00",
            ["live"] = new JsonArray(new JsonObject
            {
                ["version"] = "v1",
                ["from"] = Time,
                ["until"] = null,
                ["who"] = "anna",
                ["why"] = "better on the last week",
            }),
        },
        ["RetrainAnswer"] = () => new JsonObject
        {
            ["run_id"] = "7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11",
            ["step"] = "done",
            ["outcome"] = "no_drift",
            ["detail"] = "The AUC has not fallen.",
            ["forced"] = false,
            ["triggered_by"] = "api",
            ["started_at"] = Time,
            ["ended_at"] = "2026-01-31T12:00:03+00:00",
            ["current_auc"] = 0.912,
            ["baseline_auc"] = 0.915,
            ["matured_predictions"] = 48_210,
            ["candidate_version"] = null,
            ["candidate_auc"] = null,
            ["production_auc"] = null,
        },
        ["DriftAnswer"] = () => new JsonObject
        {
            ["model_version"] = "v1",
            ["measured_at"] = Time,
            ["matured_predictions"] = 48_210,
            ["frauds"] = 391,
            ["current_auc"] = 0.912,
            ["current_auc_low"] = 0.893,
            ["current_auc_high"] = 0.931,
            ["baseline_auc"] = 0.915,
            ["degradation_percent"] = 0.33,
            ["max_degradation_percent"] = 5,
            ["drifted"] = false,
            ["features"] = new JsonObject { ["amount"] = 0.04 },
            ["features_psi"] = new JsonObject { ["amount"] = 0.01 },
        },
        ["ReplaysAnswer"] = () => new JsonObject
        {
            ["partitions"] = new JsonArray(new JsonObject
            {
                ["topic"] = "transactions",
                ["partition"] = 3,
                ["from"] = 0,
                ["to"] = 1_200,
                ["next"] = 400,
                ["state"] = "running",
            }),
        },
        ["HealthAnswer"] = () => new JsonObject
        {
            ["status"] = "healthy",
            ["components"] = new JsonObject
            {
                ["model"] = Component("v1 is loaded."),
                ["database"] = Component("PostgreSQL answers."),
                ["stream"] = Component("12 partitions are read."),
            },
        },
        ["ReadyAnswer"] = () => new JsonObject { ["status"] = "ready", ["detail"] = null, ["model_version"] = "v1" },
    };

    /// <summary>Adds them to every answer that has a body.</summary>
    public static void AddTo(OpenApiDocument document)
    {
        var operations = document.Paths.Values.SelectMany(path => path.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>());
        foreach (var (status, answer) in operations.SelectMany(operation => operation.Responses ?? []))
        {
            foreach (var content in answer.Content?.Values ?? [])
            {
                content.Example = Find(status, content.Schema);
            }
        }
    }

    private static JsonNode? Find(string status, IOpenApiSchema? schema) => schema switch
    {
        OpenApiSchemaReference { Reference.Id: "ProblemDetails" or Fields } reference => Problem(status, reference.Reference.Id == Fields),
        OpenApiSchemaReference { Reference.Id: { } id } => BySchema.GetValueOrDefault(id)?.Invoke(),
        { Items: { } items } when Find(status, items) is { } item => new JsonArray(item),
        _ => null,
    };

    private static JsonObject Problem(string status, bool namesFields)
    {
        var code = int.Parse(status, CultureInfo.InvariantCulture);
        var problem = new JsonObject
        {
            ["type"] = $"https://tools.ietf.org/html/rfc9110#section-15.{status[0]}",
            ["title"] = namesFields ? "The request is invalid." : ReasonPhrases.GetReasonPhrase(code),
            ["status"] = code,
            ["detail"] = namesFields ? "See errors for what was expected of each field." : "What is the matter, in one sentence.",
        };
        if (namesFields)
        {
            problem["errors"] = code switch
            {
                StatusCodes.Status413PayloadTooLarge => Error("body", "expected at most 65536 bytes"),
                StatusCodes.Status415UnsupportedMediaType => Error("content-type", "expected application/json in UTF-8"),
                StatusCodes.Status422UnprocessableEntity => Error("idempotency-key", "expected the body that the key came with before"),
                _ => Error("amount", "expected a number above 0"),
            };
        }

        return problem;
    }

    private static JsonObject Error(string field, string message) => new() { [field] = new JsonArray(message) };

    private static JsonObject Component(string detail) => new() { ["status"] = "healthy", ["detail"] = detail };

    private static JsonObject Score() => new()
    {
        ["is_fraud"] = 0,
        ["fraud_probability"] = 0.0013802507892251015,
        ["latency_ms"] = 0.593,
        ["model_version"] = "v1",
        ["prediction_id"] = "01a20774-6259-7ed1-a09a-112649e21bb6",
        ["degraded"] = false,
    };

    private static JsonObject BatchRow()
    {
        var row = new JsonObject { ["index"] = 0 };
        foreach (var (name, value) in Score())
        {
            row[name] = value?.DeepClone();
        }

        return row;
    }

    private static JsonObject Model() => new()
    {
        ["version"] = "v1",
        ["stage"] = "Production",
        ["created_at"] = Time,
        ["feature_hash"] = "3f0e5b7d4c559f3e",
        ["metrics"] = new JsonObject { ["auc"] = 0.915 },
    };

    private static JsonObject StageChange() => new()
    {
        ["version"] = "v1",
        ["from_stage"] = "Staging",
        ["to_stage"] = "Production",
        ["at"] = Time,
        ["who"] = "anna",
        ["why"] = "better on the last week",
        ["is_rollback"] = false,
        ["metrics"] = new JsonObject { ["auc"] = 0.915 },
    };
}
