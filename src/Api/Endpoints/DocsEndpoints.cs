using Levee.Api.OpenApi;
using Levee.Api.Security;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Levee.Api.Endpoints;

/// <summary>GET /openapi/v1.json, GET /docs and the way there from /.</summary>
internal static class DocsEndpoints
{
    /// <summary>The page's own scripts are inline; nothing is fetched from or sent to another host, and no other page may frame it.</summary>
    private const string Policy = "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'";

    public static void AddServices(IServiceCollection services) =>
        services.AddOpenApi("v1", options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = "Levee";
                document.Info.Version = "v1";
                document.Info.Description = "Scores card transactions for fraud while they happen. "
                    + "Errors are problem details (RFC 9457); those about a request name every faulty field in `errors`. "
                    + "Every path is also there below `/v1`, the stable prefix: what would break its callers gets another one.";
                AnswerExamples.AddTo(document);
                return Task.CompletedTask;
            });
            options.AddSchemaTransformer(StrictSchemas.CorrectAsync);
            options.AddOperationTransformer((operation, _, _) => Documentation.AddRetryAfter(operation));
        });

    /// <summary>Adds the page's security headers.</summary>
    public static Task ProtectAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        return next(context);
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json").IsOpen().ExcludeFromDescription();
        routes.MapGet("/", () => TypedResults.Redirect("/docs")).IsOpen().ExcludeFromDescription();

        // Everything that the page needs comes from this process: it works without the internet and tells nobody.
        routes.MapScalarApiReference("/docs", options => options
            .WithTitle("Levee")
            .WithOpenApiRoutePattern("/openapi/v1.json")
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideModels()
            .HideClientButton()
            .HideDeveloperTools()).IsOpen().ExcludeFromDescription();
    }
}
