using System.Text.Json.Nodes;

namespace Levee.Api.OpenApi;

/// <summary>The bodies that the documentation offers; each is accepted as it stands.</summary>
internal static class Examples
{
    public static JsonNode Predict => new JsonObject { ["customer_id"] = 42, ["merchant_id"] = 7, ["amount"] = 129.90 };

    public static JsonNode PredictComplete => new JsonObject
    {
        ["customer_id"] = 42,
        ["merchant_id"] = 7,
        ["amount"] = 129.90,
        ["transaction_id"] = "7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11",
        ["currency"] = "EUR",
        ["timestamp"] = "2026-01-31T12:00:00.123456Z",
        ["card_last_4"] = "4242",
        ["country"] = "DE",
        ["device_type"] = "mobile",
        ["transaction_count"] = 3,
        ["avg_amount"] = 57.2,
    };

    public static JsonNode PredictBatch => new JsonArray(Predict, PredictComplete);

    public static JsonNode Labels => new JsonArray(new JsonObject
    {
        ["transaction_id"] = "7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11",
        ["is_fraud"] = 1,
        ["observed_at"] = "2026-02-10T08:30:00Z",
        ["source"] = "chargeback",
    });

    public static JsonNode Label => new JsonObject { ["transaction_id"] = "7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11", ["is_fraud"] = 0 };

    public static JsonNode Reason => new JsonObject { ["reason"] = "better on the last week" };

    public static JsonNode ReplayOffset => new JsonObject { ["partition"] = 3, ["offset"] = 0 };

    public static JsonNode ReplayTime => new JsonObject { ["from"] = "2026-01-31T12:00:00Z" };

    public static JsonNode Retrain => new JsonObject { ["force"] = false };
}
