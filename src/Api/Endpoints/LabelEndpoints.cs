using System.Security.Cryptography;
using Levee.Api.Contracts;
using Levee.Api.OpenApi;
using Levee.Api.Parsing;
using Levee.Api.Security;
using Levee.Features;
using Levee.Grains;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Levee.Api.Endpoints;

/// <summary>POST /labels.</summary>
internal static class LabelEndpoints
{
    private const string KeyField = "idempotency-key";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/labels", AddAsync)
            .Requires(AccessRoles.Label)
            .Describe(
                "Labels",
                "Store labels",
                "One label or an array of them. They are durable when the answer is 200. One with an observed_at may be sent again and changes "
                + "nothing; without, the time of arrival counts, and a repeat is a newer observation. With an Idempotency-Key the first "
                + "answer is given again.")
            .ReadsOneOrMany(typeof(LabelBody))
            .WithBodyExamples(("An array", () => Examples.Labels), ("One label", () => Examples.Label))
            .WithHeader(
                IdempotencyKey.Header,
                $"1 to {IdempotencyKey.MaxLength} printable ASCII characters, anew for each request and the same when it is repeated. "
                    + "The same key with another body is 422.",
                "a2c6b7de-1f53-4a0c-9f6e-3a8f1f8f5a77")
            .ProducesProblems(400, 413, 415, 422, 503);

    private static async Task<Results<Ok<LabelsAnswer>, ProblemHttpResult>> AddAsync(
        HttpContext context, Cluster cluster, IOptions<ApiOptions> options, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var bounds = options.Value;
        var body = await RequestBody.ReadAsync(context.Request, bounds.MaxLabelsBodyBytes);
        if (body.Status != StatusCodes.Status200OK)
        {
            return Problems.Unreadable(body.Status, bounds.MaxLabelsBodyBytes);
        }

        var errors = new FieldErrors();
        var latest = UnixMicros.FromDateTimeOffset(time.GetUtcNow() + bounds.MaxClockSkew);
        var labels = LabelParser.Parse(body.Bytes, bounds.MaxLabels, latest, errors);
        if (!IdempotencyKey.TryRead(context.Request, out var key))
        {
            errors.Add(KeyField, IdempotencyKey.Expected);
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var grain = cluster.Get<ILabelGrain>(0);
        var stored = key is null
            ? await grain.Add(labels).WaitAsync(bounds.RequestTimeout, time, cancellationToken)
            : await grain.AddOnce(
                    new LabelRequestKey(Caller.NameOf(context) ?? "", key, SHA256.HashData(body.Bytes), bounds.IdempotencyLifetime), labels)
                .WaitAsync(bounds.RequestTimeout, time, cancellationToken);
        return stored is { } added
            ? TypedResults.Ok(new LabelsAnswer(labels.Length, added))
            : Problems.Unprocessable(KeyField, "expected the body that the key came with before, or a new key");
    }
}
