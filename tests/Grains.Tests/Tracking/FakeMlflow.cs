using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Levee.Grains.Tests.Tracking;

/// <summary>An MLflow server's REST API as far as Levee uses it; it checks what it is sent and keeps it.</summary>
internal sealed class FakeMlflow : IDisposable
{
    private const int Attempts = 20;

    private readonly HttpListener _listener;
    private readonly Task _loop;
    private int _failures;

    public FakeMlflow(string artifactRoot = "mlflow-artifacts:/7/run-1/artifacts")
    {
        ArtifactRoot = artifactRoot;
        (_listener, Url) = Listen();
        _loop = ServeAsync();
    }

    public string Url { get; }

    public string ArtifactRoot { get; }

    /// <summary>Whether experiment and registered model are there already.</summary>
    public bool IsKnown { get; init; }

    /// <summary>How many requests from now on are answered with 503.</summary>
    public int Failures
    {
        set => _failures = value;
    }

    /// <summary>Every request that was answered with success or a tolerated error, in order.</summary>
    public ConcurrentQueue<(string Line, JsonElement Body)> Requests { get; } = new();

    public ConcurrentDictionary<string, byte[]> Artifacts { get; } = new();

    public ConcurrentBag<string> Authorizations { get; } = [];

    public void Dispose()
    {
        _listener.Close();
        _loop.Wait(TimeSpan.FromSeconds(5));
    }

    // A listener cannot ask for any free port. One that was free a moment ago may be somebody else's by now: then another.
    private static (HttpListener Listener, string Url) Listen()
    {
        for (var attempt = 1; ; attempt++)
        {
            var listener = new HttpListener();
            string url;
            using (var probe = new TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
            }

            listener.Prefixes.Add(url + "/");
            try
            {
                listener.Start();
                return (listener, url);
            }
            catch (HttpListenerException) when (attempt < Attempts)
            {
                listener.Close();
            }
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var (status, answer) = await AnswerAsync(context.Request);
            context.Response.StatusCode = status;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
            context.Response.Close();
        }
    }

    private async Task<(int Status, string Answer)> AnswerAsync(HttpListenerRequest request)
    {
        using var content = new MemoryStream();
        await request.InputStream.CopyToAsync(content);
        if (Interlocked.Decrement(ref _failures) >= 0)
        {
            return (503, "not now");
        }

        Authorizations.Add(request.Headers["Authorization"] ?? "");
        var path = request.Url!.AbsolutePath;
        const string Artifact = "/api/2.0/mlflow-artifacts/artifacts/";
        if (request.HttpMethod == "PUT" && path.StartsWith(Artifact, StringComparison.Ordinal))
        {
            Artifacts[path[Artifact.Length..]] = content.ToArray();
            return (200, "{}");
        }

        var body = content.Length == 0 ? default : JsonDocument.Parse(content.ToArray()).RootElement.Clone();
        Requests.Enqueue(($"{request.HttpMethod} {path}", body));
        return $"{request.HttpMethod} {path}" switch
        {
            "GET /api/2.0/mlflow/experiments/get-by-name" when request.QueryString["experiment_name"] == "levee" && IsKnown =>
                (200, """{"experiment":{"experiment_id":"7","name":"levee"}}"""),
            "GET /api/2.0/mlflow/experiments/get-by-name" => (404, """{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"none"}"""),
            "POST /api/2.0/mlflow/experiments/create" when body.GetProperty("name").GetString() == "levee" => (200, """{"experiment_id":"7"}"""),
            "POST /api/2.0/mlflow/runs/create" when body.GetProperty("experiment_id").GetString() == "7" =>
                (200, JsonSerializer.Serialize(new { run = new { info = new { run_id = "run-1", artifact_uri = ArtifactRoot } } })),
            "POST /api/2.0/mlflow/runs/log-batch" or "POST /api/2.0/mlflow/runs/update" when body.GetProperty("run_id").GetString() == "run-1" => (200, "{}"),
            "POST /api/2.0/mlflow/registered-models/create" => IsKnown
                ? (400, """{"error_code":"RESOURCE_ALREADY_EXISTS","message":"known"}""")
                : (200, """{"registered_model":{"name":"fraud-detector"}}"""),
            "POST /api/2.0/mlflow/model-versions/create" when body.GetProperty("run_id").GetString() == "run-1" => (200, """{"model_version":{"version":"1"}}"""),
            _ => (400, """{"error_code":"INVALID_PARAMETER_VALUE","message":"no"}"""),
        };
    }
}
