using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Levee.Api;

/// <summary>Gives an endpoint's 200 an ETag of its bytes, and answers 304 to a caller whose If-None-Match has it.</summary>
/// <typeparam name="TAnswer">What the endpoint answers.</typeparam>
internal sealed class EntityTags<TAnswer> : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        if (result is not INestedHttpResult { Result: Ok<TAnswer> { Value: { } answer } })
        {
            return result;
        }

        var http = context.HttpContext;
        var json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(answer, json);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");
        var headers = http.Response.GetTypedHeaders();
        headers.ETag = tag;

        // To be kept by the caller alone, and asked about each time.
        headers.CacheControl = new CacheControlHeaderValue { Private = true, NoCache = true };
        return http.Request.GetTypedHeaders().IfNoneMatch.Any(IsSame)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(bytes, "application/json; charset=utf-8");

        bool IsSame(EntityTagHeaderValue known) => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false);
    }
}
