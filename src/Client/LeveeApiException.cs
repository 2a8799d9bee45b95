using System.Net;

namespace Levee.Client;

/// <summary>The API answered with an error, usually with RFC 9457 problem details.</summary>
public sealed class LeveeApiException : Exception
{
    internal LeveeApiException(HttpStatusCode status, string? title, string? detail, IReadOnlyDictionary<string, string[]> errors)
        : base(Describe(status, title, detail, errors))
    {
        StatusCode = status;
        Title = title;
        Detail = detail;
        Errors = errors;
    }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode StatusCode { get; }

    /// <summary>What kind of problem it is; null when the answer was no problem details.</summary>
    public string? Title { get; }

    /// <summary>The problem in one sentence; null when the answer did not say.</summary>
    public string? Detail { get; }

    /// <summary>What was expected, by field, such as amount; empty when no field was at fault.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; }

    private static string Describe(HttpStatusCode status, string? title, string? detail, IReadOnlyDictionary<string, string[]> errors) =>
        errors.Count == 0
            ? $"Levee answered {(int)status}: {detail ?? title ?? "no further details."}"
            : $"Levee answered {(int)status}: {title} " + string.Join("; ", errors.Select(error => $"{error.Key}: {string.Join(", ", error.Value)}"));
}
