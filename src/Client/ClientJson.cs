using System.Text.Json.Serialization;

namespace Levee.Client;

/// <summary>Serialisation without reflection, in the API's snake_case.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PredictRequest))]
[JsonSerializable(typeof(Prediction))]
[JsonSerializable(typeof(BatchRow))]
[JsonSerializable(typeof(IReadOnlyCollection<Label>))]
[JsonSerializable(typeof(LabelsResult))]
[JsonSerializable(typeof(CustomerFeatures))]
[JsonSerializable(typeof(Model))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(StageReason))]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class ClientJson : JsonSerializerContext;
