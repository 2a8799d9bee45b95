using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;

namespace Levee.Api.Security;

/// <summary>Puts access control into the API, and names what an endpoint outside of it needs.</summary>
public static partial class SecurityExtensions
{
    private const string CallersSection = $"{nameof(SecurityOptions.RateLimit)}:{nameof(RateLimitOptions.Callers)}";

    private static readonly string[] CorsMethods = ["GET", "POST"];
    private static readonly string[] CorsRequestHeaders =
        ["Content-Type", "Authorization", Credential.KeyHeader, "Idempotency-Key", "If-Match", "If-None-Match"];

    private static readonly string[] CorsAnswerHeaders = ["ETag", "Retry-After"];

    /// <summary>For the dashboard: callers with the role operate, whose key a browser may send as the password of HTTP Basic.</summary>
    /// <typeparam name="TBuilder">Kind of the endpoints.</typeparam>
    /// <param name="builder">The endpoints.</param>
    public static TBuilder RequiresOperator<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AccessRequirement(AccessRoles.Operate, AllowsBrowser: true));

    internal static void AddSecurity(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        var section = builder.Configuration.GetSection(SecurityOptions.Section);
        services.AddOptions<SecurityOptions>()
            .Bind(section)
            .Configure(options => ReadCallers(section.GetSection(CallersSection), options.RateLimit.Callers))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsValidator>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<JwtCallers>();
        services.AddSingleton<CallerLimits>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<AccessControl>();
        services.AddHostedService<KeyRefresh>();
        services.AddCors();

        // An error that nobody expected takes the headers off; its problem details put them back.
        services.ConfigureAll<ProblemDetailsOptions>(problems =>
            problems.CustomizeProblemDetails = problem => SecurityHeaders.Set(problem.HttpContext));
        services.ConfigureAll<OpenApiOptions>(SecurityDocumentation.AddTo);
    }

    internal static void UseSecurity(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<SecurityOptions>>().Value;
        if (!options.Enabled)
        {
            LogOff(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Levee.Security"), SecurityOptions.Section);
        }

        if (options.CorsOrigins.Count > 0)
        {
            app.UseCors(cors => cors.WithOrigins([.. options.CorsOrigins])
                .WithMethods(CorsMethods).WithHeaders(CorsRequestHeaders).WithExposedHeaders(CorsAnswerHeaders));
        }

        var control = app.Services.GetRequiredService<AccessControl>();
        app.Use(next => context => control.InvokeAsync(context, next));
    }

    // The names of tokens' callers have colons, which configuration takes for sections.
    private static void ReadCallers(IConfigurationSection section, IDictionary<string, int> callers)
    {
        foreach (var child in section.GetChildren())
        {
            callers.Remove(child.Key);
        }

        foreach (var (caller, rate) in section.AsEnumerable(makePathsRelative: true))
        {
            if (rate is not null)
            {
                callers[caller] = section.GetValue<int>(caller);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Whoever reaches this port may ask and change everything: {Section}:Enabled is false")]
    private static partial void LogOff(ILogger logger, string section);
}
