using System.Globalization;
using Levee.Api.Parsing;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Levee.Api;

/// <summary>The API's RFC 9457 problem details. None of them repeats what the caller sent.</summary>
internal static class Problems
{
    /// <summary>400, naming each faulty field in the extension member "errors".</summary>
    public static ProblemHttpResult Invalid(FieldErrors errors) => Invalid(errors.ToDictionary());

    /// <summary>400 for a single faulty field.</summary>
    public static ProblemHttpResult Invalid(string field, string message) => Invalid(FieldErrors.Single(field, message));

    /// <summary>Why a body could not be read: 400, 408, 413 or 415.</summary>
    public static ProblemHttpResult Unreadable(int status, int maxBytes) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => Create(status, "The request body is too large.", FieldErrors.Single(
            FieldErrors.Body, string.Create(CultureInfo.InvariantCulture, $"expected at most {maxBytes} bytes"))),
        StatusCodes.Status415UnsupportedMediaType => Create(status, "The content type is not supported.", FieldErrors.Single(
            "content-type", "expected application/json in UTF-8")),
        StatusCodes.Status408RequestTimeout => Create(status, "The request body did not arrive in time.", FieldErrors.Single(
            FieldErrors.Body, "expected the body without pauses")),
        _ => Create(StatusCodes.Status400BadRequest, "The request is invalid.", FieldErrors.Single(
            FieldErrors.Body, "expected a body with correct HTTP framing")),
    };

    /// <summary>404.</summary>
    public static ProblemHttpResult NotFound(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status404NotFound);

    /// <summary>409.</summary>
    public static ProblemHttpResult Conflict(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);

    /// <summary>422 for a field that is right by itself and contradicts an earlier request.</summary>
    public static ProblemHttpResult Unprocessable(string field, string message) => Create(
        StatusCodes.Status422UnprocessableEntity, "The request contradicts an earlier one.", FieldErrors.Single(field, message));

    /// <summary>503 with Retry-After.</summary>
    public static ProblemHttpResult Unavailable(HttpContext context, string detail, TimeSpan retryAfter)
    {
        context.Response.Headers.RetryAfter = ((long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The service is not available.");
    }

    /// <summary>500, which is never the caller's fault.</summary>
    public static ProblemHttpResult Internal() => TypedResults.Problem(
        "The request could not be processed because of a fault on the server; it was logged.",
        statusCode: StatusCodes.Status500InternalServerError);

    private static ProblemHttpResult Invalid(Dictionary<string, string[]> errors) =>
        Create(StatusCodes.Status400BadRequest, "The request is invalid.", errors);

    private static ProblemHttpResult Create(int status, string title, Dictionary<string, string[]> errors) =>
        TypedResults.Problem(new HttpValidationProblemDetails(errors)
        {
            Status = status,
            Title = title,
            Detail = "See errors for what was expected of each field.",
        });
}
