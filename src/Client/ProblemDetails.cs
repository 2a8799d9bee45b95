namespace Levee.Client;

/// <summary>RFC 9457 problem details as the API writes them.</summary>
internal sealed record ProblemDetails(string? Title, string? Detail, Dictionary<string, string[]>? Errors);
