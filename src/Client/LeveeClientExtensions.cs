using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;

namespace Levee.Client;

/// <summary>Registers the client.</summary>
public static class LeveeClientExtensions
{
    private const string ApiKeyHeader = "X-Api-Key";
    private const int MostRetries = 10;
    private const int MostBatchRows = 10_000;

    /// <summary>Adds a <see cref="LeveeClient"/> with retries on 429 and 503, which wait as Retry-After says.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; without it they are what <c>services.Configure&lt;LeveeClientOptions&gt;</c> sets.</param>
    /// <returns>The builder of its <see cref="HttpClient"/>, for handlers of your own.</returns>
    /// <exception cref="OptionsValidationException">When the client is made: an option is missing or out of range.</exception>
    public static IHttpClientBuilder AddLeveeClient(this IServiceCollection services, Action<LeveeClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<LeveeClientOptions>()
            .Configure(options => configure?.Invoke(options))
            .Validate(o => o.BaseAddress is { IsAbsoluteUri: true, Scheme: "http" or "https" }, "BaseAddress must be an absolute http or https address.")
            .Validate(o => o.Timeout > TimeSpan.Zero, "Timeout must be above 0.")
            .Validate(o => o.MaxRetries is >= 0 and <= MostRetries, $"MaxRetries must lie between 0 and {MostRetries}.")
            .Validate(o => o.MaxRetryDelay > TimeSpan.Zero, "MaxRetryDelay must be above 0.")
            .Validate(o => o.BatchRows is > 0 and <= MostBatchRows, $"BatchRows must lie between 1 and {MostBatchRows}.");
        var http = services.AddHttpClient<LeveeClient>((provider, client) =>
        {
            var options = provider.GetRequiredService<IOptions<LeveeClientOptions>>().Value;
            client.BaseAddress = new Uri(options.BaseAddress!.ToString().TrimEnd('/') + "/v1/");
            client.Timeout = options.Timeout;
            if (options.ApiKey is { Length: > 0 } key)
            {
                client.DefaultRequestHeaders.Add(ApiKeyHeader, key);
            }
        });
        http.AddResilienceHandler("levee", (pipeline, context) =>
        {
            var options = context.ServiceProvider.GetRequiredService<IOptions<LeveeClientOptions>>().Value;
            if (context.ServiceProvider.GetService<TimeProvider>() is { } time)
            {
                pipeline.TimeProvider = time;
            }

            if (options.MaxRetries > 0)
            {
                pipeline.AddRetry(Retry(options));
            }
        });
        return http;
    }

    private static HttpRetryStrategyOptions Retry(LeveeClientOptions options)
    {
        var retry = new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = options.MaxRetries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(Math.Min(200, options.MaxRetryDelay.TotalMilliseconds)),
            MaxDelay = options.MaxRetryDelay,
            ShouldHandle = attempt => ValueTask.FromResult(MayTryAgain(attempt.Outcome)),
        };

        // The answer's own wish goes before the exponential delay, up to the bound.
        retry.DelayGenerator = attempt => ValueTask.FromResult(
            attempt.Outcome.Result?.Headers.RetryAfter?.Delta is { } wish && wish >= TimeSpan.Zero
                ? wish < options.MaxRetryDelay ? wish : options.MaxRetryDelay
                : (TimeSpan?)null);
        return retry;
    }

    // 503 says that a try may help; without a connection nothing has reached the server.
    private static bool MayTryAgain(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result?.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
        || outcome.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };
}
