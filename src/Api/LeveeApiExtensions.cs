using Levee.Api.Admission;
using Levee.Api.Contracts;
using Levee.Api.Endpoints;
using Levee.Api.Hosting;
using Levee.Api.OpenApi;
using Levee.Api.Parsing;
using Levee.Api.Security;
using Levee.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Serialization;

namespace Levee.Api;

/// <summary>Puts the REST API into a host: a process of its own that is an Orleans client, or a silo.</summary>
public static class LeveeApiExtensions
{
    /// <summary>The prefix below which paths and answers stay compatible: breaking changes get another one.</summary>
    private const string StablePrefix = "/v1";

    /// <summary>
    /// Adds what the endpoints need. The host brings the <see cref="IGrainFactory"/>, and may bring a <see cref="TimeProvider"/> and a
    /// <see cref="CurrencyTable"/> of its own. <see cref="ApiOptions"/> are read from their section and validated at start-up.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <returns>The same host.</returns>
    public static IHostApplicationBuilder AddLeveeApi(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<ApiOptions>().Bind(builder.Configuration.GetSection(ApiOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptionsValidator>();
        services.Configure<JsonOptions>(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJsonContext.Default));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(CurrencyTable.Default);
        builder.AddSecurity();
        ServerSetup.AddTo(builder);
        services.AddSingleton<PredictionMetrics>();
        services.AddSingleton<Cluster>();
        services.AddSingleton<ClusterErrors>();
        services.AddSingleton(provider => new OverloadController(provider.GetRequiredService<IOptions<ApiOptions>>().Value.MaxArrivalDelay));
        services.AddHostedService<ArrivalDelay>();
        services.AddSingleton<PredictionAdmission>();
        services.AddSingleton<PredictEndpoint>();
        services.AddSingleton<BatchScorer>();
        services.AddSingleton<PredictBatchEndpoint>();
        services.AddProblemDetails();

        // So that a grain's "the database is away" arrives as what it is; silos need the same line.
        services.Configure<ExceptionSerializationOptions>(o => o.SupportedNamespacePrefixes.Add(nameof(Npgsql)));
        DocsEndpoints.AddServices(services);
        MetricsEndpoint.Configure();

        // The server's own request log would hold paths, and paths hold customer ids.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // While this category logs anything, each request gets an activity and a log scope. What it would say of a failed request, the
        // exception handler says too.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        return builder;
    }

    /// <summary>Maps the endpoints, and turns errors that have no body into problem details.</summary>
    /// <param name="app">The application.</param>
    /// <returns>The same application.</returns>
    public static WebApplication MapLeveeApi(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseSecurity();
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/docs"), docs => docs.Use(DocsEndpoints.ProtectAsync));

        // The plain paths are what the document lists; below the stable prefix are the same endpoints once more.
        MapRest(app, app.MapGroup(""));
        MapRest(app, app.MapGroup(StablePrefix).ExcludeFromDescription());
        MetricsEndpoint.Map(app);
        DocsEndpoints.Map(app);
        return app;
    }

    private static void MapRest(WebApplication app, RouteGroupBuilder rest)
    {
        var admission = app.Services.GetRequiredService<PredictionAdmission>();
        var predict = app.Services.GetRequiredService<PredictEndpoint>();
        rest.MapPost("/predict", admission.Guard(predict.HandleAsync))
            .WithMetadata(PredictEndpoint.Method)
            .Requires(AccessRoles.Score)
            .Describe("Scoring", "Score a transaction", "Scores the transaction on top of the customer's and merchant's live windows, without storing it.")
            .ReadsJson(typeof(PredictBody))
            .Answers(StatusCodes.Status200OK, typeof(PredictAnswer))
            .ProducesProblems(400, 413, 415, 503)
            .WithQueryFlag("explain", "true for the reasons of the score: which features moved it, by how much, in words.")
            .WithBodyExamples(("The minimum", () => Examples.Predict), ("Everything", () => Examples.PredictComplete));

        var batch = app.Services.GetRequiredService<PredictBatchEndpoint>();
        rest.MapPost("/predict/batch", admission.GuardBatch(batch.HandleAsync))
            .WithMetadata(PredictBatchEndpoint.Method)
            .Requires(AccessRoles.Score, countsRows: true)
            .Describe(
                "Scoring",
                "Score many transactions",
                "A JSON array, or a transaction on each line (application/x-ndjson); the answer has the same form and order. One model version scores all rows; "
                    + "a row that is at fault has an error of its own.")
            .ReadsMany(typeof(PredictBody))
            .Answers(StatusCodes.Status200OK, typeof(BatchRowAnswer[]))
            .ProducesProblems(400, 413, 415, 503)
            .WithQueryFlag("explain", "true for the reasons of each score.")
            .WithBodyExamples(("Two rows", () => Examples.PredictBatch))
            .AlsoInLines(RequestBody.Lines, () => Examples.PredictBatch);

        var routes = rest.MapGroup("").AddEndpointFilter(
            new ClusterErrorFilter(app.Services.GetRequiredService<ClusterErrors>()));
        LabelEndpoints.Map(routes);
        CustomerEndpoints.Map(routes);
        ModelEndpoints.Map(routes);
        RetrainEndpoints.Map(routes);
        DriftEndpoint.Map(routes);
        ReplayEndpoints.Map(routes);
        HealthEndpoints.Map(routes);
    }
}
