using Microsoft.Extensions.Options;

namespace Levee.Api;

/// <summary>Checks <see cref="ApiOptions"/> at start-up and names every key that is out of range.</summary>
internal sealed class ApiOptionsValidator : IValidateOptions<ApiOptions>
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(5);

    public ValidateOptionsResult Validate(string? name, ApiOptions options)
    {
        var failures = new List<string>();
        Check(nameof(options.PredictTimeout), options.PredictTimeout, ShortestTimeout, LongestTimeout);
        Check(nameof(options.BatchTimeout), options.BatchTimeout, ShortestTimeout, LongestTimeout);
        Check(nameof(options.MaxConcurrentPredictions), options.MaxConcurrentPredictions, 1, 100_000);
        Check(nameof(options.MaxWaitingPredictions), options.MaxWaitingPredictions, 0, 100_000);
        Check(nameof(options.MaxPredictionWait), options.MaxPredictionWait, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Check(nameof(options.MaxArrivalDelay), options.MaxArrivalDelay, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Check(nameof(options.MaxConcurrentBatches), options.MaxConcurrentBatches, 1, 10_000);
        Check(nameof(options.MaxConcurrentBatchRows), options.MaxConcurrentBatchRows, 1, 10_000_000);
        Check(nameof(options.MaxCallerBatchShare), options.MaxCallerBatchShare, 0.0001, 1);
        Check(nameof(options.RequestTimeout), options.RequestTimeout, ShortestTimeout, LongestTimeout);
        Check(nameof(options.HealthTimeout), options.HealthTimeout, ShortestTimeout, LongestTimeout);
        Check(nameof(options.ReadyTimeout), options.ReadyTimeout, ShortestTimeout, LongestTimeout);
        Check(nameof(options.RetryAfter), options.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        Check(nameof(options.MaxClockSkew), options.MaxClockSkew, TimeSpan.Zero, TimeSpan.FromDays(1));
        Check(nameof(options.MaxBodyBytes), options.MaxBodyBytes, 256, 16 * 1024 * 1024);
        Check(nameof(options.MaxLabelsBodyBytes), options.MaxLabelsBodyBytes, 256, 16 * 1024 * 1024);
        Check(nameof(options.MaxBatchBodyBytes), options.MaxBatchBodyBytes, 256, 28 * 1024 * 1024);
        Check(nameof(options.MaxBatchRows), options.MaxBatchRows, 1, 100_000);
        Check(nameof(options.MaxLabels), options.MaxLabels, 1, 100_000);
        Check(nameof(options.IdempotencyLifetime), options.IdempotencyLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check<T>(string key, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                failures.Add($"{ApiOptions.Section}:{key} must lie between {least} and {most}, but is {value}.");
            }
        }
    }
}
