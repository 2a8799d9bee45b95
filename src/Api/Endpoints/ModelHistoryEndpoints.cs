using System.Globalization;
using Levee.Api.Contracts;
using Levee.Api.OpenApi;
using Levee.Api.Security;
using Levee.Grains;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Levee.Api.Endpoints;

/// <summary>GET /models/history and GET /models/live: what was in production when, who wanted it and why.</summary>
internal static class ModelHistoryEndpoints
{
    private const string DayFormat = "yyyy-MM-dd";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/models/history", GetHistoryAsync)
            .Requires(AccessRoles.Operate)
            .Describe("Models", "History of stages", "Every change of a stage with who, why and the metrics at that moment; the newest 1,000.")
            .WithEntityTag<ModelHistoryAnswer>()
            .WithQueryText("version", "Only this version's changes.", "v1")
            .ProducesProblems(400, 503);
        routes.MapGet("/models/live", GetLiveAsync)
            .Requires(AccessRoles.Operate)
            .Describe("Models", "What was live when", "The versions in production on a day (UTC) or at a moment; now when at is absent.")
            .WithEntityTag<LiveModelsAnswer>()
            .WithQueryText("at", "A day such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z.", "2026-01-31")
            .ProducesProblems(400, 503);
    }

    private static async Task<Results<Ok<ModelHistoryAnswer>, ProblemHttpResult>> GetHistoryAsync(
        HttpContext context, Cluster cluster, IOptions<ApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        var version = context.Request.Query["version"] is [{ Length: > 0 } text] ? text : null;
        if (version is not null && !ModelEndpoints.IsVersion(version))
        {
            return Problems.Invalid("version", "expected a version such as v1");
        }

        var changes = await cluster.Get<IModelRegistryGrain>(0).History(version).WaitAsync(options.Value.RequestTimeout, time, cancellationToken);
        return TypedResults.Ok(ModelHistoryAnswer.From(changes));
    }

    private static async Task<Results<Ok<LiveModelsAnswer>, ProblemHttpResult>> GetLiveAsync(
        HttpContext context, Cluster cluster, IOptions<ApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (ReadSpan(context.Request.Query["at"], time) is not { } span)
        {
            return Problems.Invalid("at", "expected a day such as 2026-01-31 or a time such as 2026-01-31T12:00:00Z");
        }

        var periods = await cluster.Get<IModelRegistryGrain>(0).Live(span.From, span.To)
            .WaitAsync(options.Value.RequestTimeout, time, cancellationToken);
        return TypedResults.Ok(LiveModelsAnswer.Of(span.From, span.To, periods));
    }

    // A day is the whole of it; a time is one moment.
    private static (DateTimeOffset From, DateTimeOffset To)? ReadSpan(string? text, TimeProvider time)
    {
        if (string.IsNullOrEmpty(text))
        {
            var now = time.GetUtcNow();
            return (now, now);
        }

        if (DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            var from = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
            return day == DateOnly.MaxValue ? null : (from, from.AddDays(1));
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? (moment.ToUniversalTime(), moment.ToUniversalTime())
            : null;
    }
}
