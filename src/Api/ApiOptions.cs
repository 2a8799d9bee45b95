namespace Levee.Api;

/// <summary>Bounds and deadlines of the REST API, section <see cref="Section"/>.</summary>
public sealed class ApiOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Levee:Api";

    /// <summary>How long POST /predict waits for the cluster before it answers 503. Defaults to 2 seconds.</summary>
    public TimeSpan PredictTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long POST /predict/batch takes at most, from the first byte of its body; a body that is not there by then gets 408, and rows that are
    /// not scored by then say so in an error of their own. A caller who has not read the answer after as long again loses the connection.
    /// Defaults to 30 seconds.
    /// </summary>
    public TimeSpan BatchTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests to POST /predict that are answered at once, in each process; 1 to 100,000. Defaults to 256.</summary>
    public int MaxConcurrentPredictions { get; set; } = 256;

    /// <summary>Requests to POST /predict that wait for their turn; beyond them the answer is 429. 0 to 100,000, defaults to 1,024.</summary>
    public int MaxWaitingPredictions { get; set; } = 1_024;

    /// <summary>How long a request for predictions waits for its turn before the answer is 429; 0 to 1 minute, defaults to 250 milliseconds.</summary>
    public TimeSpan MaxPredictionWait { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long requests may wait for the processor, before any of the bounds above sees them, until a share of the requests for predictions is
    /// answered 429 so that the others wait no longer. 0 for no bound, at most 1 minute; defaults to 100 milliseconds.
    /// </summary>
    public TimeSpan MaxArrivalDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Requests to POST /predict/batch whose bodies are in memory at once; as many may wait. 1 to 10,000, defaults to 16.
    /// </summary>
    public int MaxConcurrentBatches { get; set; } = 16;

    /// <summary>Rows of all batches that are answered at once; as many may wait. 1 to 10,000,000, defaults to 20,000.</summary>
    public int MaxConcurrentBatchRows { get; set; } = 20_000;

    /// <summary>
    /// The share of both bounds on batches that one caller may hold at once, where callers have keys or tokens; what is beyond waits. Above 0,
    /// at most 1; defaults to 0.25.
    /// </summary>
    public double MaxCallerBatchShare { get; set; } = 0.25;

    /// <summary>How long every other request waits for the cluster before it answers 503. Defaults to 10 seconds.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long GET /health waits for a silo. Defaults to 3 seconds; a silo takes at most two.</summary>
    public TimeSpan HealthTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long GET /health/ready waits for a silo. Defaults to 1 second.</summary>
    public TimeSpan ReadyTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The Retry-After that goes with a 503, in whole seconds. Defaults to 1 second.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How far a timestamp may lie ahead of the clock. Defaults to 5 minutes.</summary>
    public TimeSpan MaxClockSkew { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Largest request body in bytes, and row of a batch, but for labels. Defaults to 65,536.</summary>
    public int MaxBodyBytes { get; set; } = 64 * 1024;

    /// <summary>Largest body of POST /predict/batch in bytes. Defaults to 8,388,608.</summary>
    public int MaxBatchBodyBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Most rows in one request to POST /predict/batch. Defaults to 10,000.</summary>
    public int MaxBatchRows { get; set; } = 10_000;

    /// <summary>Largest body of POST /labels in bytes. Defaults to 524,288.</summary>
    public int MaxLabelsBodyBytes { get; set; } = 512 * 1024;

    /// <summary>Most labels in one request. Defaults to 1,000.</summary>
    public int MaxLabels { get; set; } = 1_000;

    /// <summary>How long an Idempotency-Key means its first request, 1 second to 7 days. Defaults to 1 day.</summary>
    public TimeSpan IdempotencyLifetime { get; set; } = TimeSpan.FromDays(1);
}
