using System.Text.Json.Serialization;
using Levee.Api.Contracts;

namespace Levee.Api;

/// <summary>Serialisation of the API's types without reflection; every property carries its JSON name.</summary>
[JsonSerializable(typeof(PredictBody))]
[JsonSerializable(typeof(PredictAnswer))]
[JsonSerializable(typeof(BatchRowAnswer))]
[JsonSerializable(typeof(BatchRowAnswer[]))]
[JsonSerializable(typeof(PredictBody[]))]
[JsonSerializable(typeof(LabelBody))]
[JsonSerializable(typeof(LabelsAnswer))]
[JsonSerializable(typeof(CustomerFeaturesAnswer))]
[JsonSerializable(typeof(ModelsAnswer))]
[JsonSerializable(typeof(ModelHistoryAnswer))]
[JsonSerializable(typeof(LiveModelsAnswer))]
[JsonSerializable(typeof(ReasonBody))]
[JsonSerializable(typeof(RetrainBody))]
[JsonSerializable(typeof(RetrainAnswer))]
[JsonSerializable(typeof(DriftAnswer))]
[JsonSerializable(typeof(ReplayBody))]
[JsonSerializable(typeof(ReplaysAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ReadyAnswer))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
