namespace Levee.Client;

/// <summary>The model versions, and which are served.</summary>
/// <param name="Models">All versions, newest first.</param>
/// <param name="Served">The version that each silo last said it serves.</param>
public sealed record ModelList(IReadOnlyList<Model> Models, IReadOnlyDictionary<string, string> Served);
