using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Levee.Api.Security;

/// <summary>Says in the OpenAPI document how callers identify themselves, and which role an operation needs.</summary>
internal static class SecurityDocumentation
{
    private const string KeyScheme = "apiKey";
    private const string TokenScheme = "bearer";

    public static void AddTo(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = Credential.KeyHeader,
                Description = "An API key, where Levee:Security:Enabled is true.",
            };
            document.Components.SecuritySchemes[TokenScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key, or a JWT of the configured issuer.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            var required = metadata.OfType<AccessRequirement>().LastOrDefault() ?? AccessRequirement.AdminOnly;
            if (!required.IsOpen)
            {
                var role = required.Role.ToString().ToLowerInvariant();
                operation.Description += $" Needs the role {role}.";
                operation.Security = [Requirement(KeyScheme, context), Requirement(TokenScheme, context)];
            }

            return Task.CompletedTask;
        });
    }

    private static OpenApiSecurityRequirement Requirement(string scheme, OpenApiOperationTransformerContext context) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [] };
}
