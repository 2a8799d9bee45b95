using Levee.Api.Parsing;
using Levee.Grains;

namespace Levee.Api.Endpoints;

/// <summary>What became of a row of a batch: a score, or an error.</summary>
/// <param name="Score">The score; null with an error.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Status">The HTTP status that a request of its own would have got.</param>
/// <param name="Title">What is wrong; null with a score.</param>
/// <param name="Errors">What was expected of the row's fields; null unless the row is at fault.</param>
internal readonly record struct RowScore(
    ScoreResponse? Score, TimeSpan Elapsed, int Status = StatusCodes.Status200OK, string? Title = null, FieldErrors? Errors = null)
{
    public static RowScore Failed(int status, string title, FieldErrors? errors = null) => new(null, default, status, title, errors);
}
