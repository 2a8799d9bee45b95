using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Levee.Api.Admission;
using Levee.Api.Tests.Cluster;
using Levee.Grains;
using Levee.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Levee.Api.Tests;

/// <summary>
/// Every thread of the process is busy, so that requests wait in the kernel, where no bound on what is under way sees them. Alone, and with
/// blocking calls from a thread of its own, for while it lasts nothing else of the process gets on.
/// </summary>
[Collection(AloneCollection.Name)]
public sealed class ProcessorOverloadTests(ApiFixture api)
{
    private const int Connections = 64;

    [Fact]
    public async Task Requests_that_wait_for_the_processor_are_refused_until_they_wait_no_longer()
    {
        using var gate = new ManualResetEventSlim();
        var settings = new Dictionary<string, string?> { ["Levee:Api:MaxArrivalDelay"] = "00:00:00.100" };
        var (app, client) = await api.StartAppAsync(
            settings, services => services.AddSingleton<IActiveCustomers>(new BusyCustomers(gate)));
        using (client)
        {
            var overload = app.Services.GetRequiredService<OverloadController>();
            var answers = await Task.Factory.StartNew(
                () => AskWhileBusy(client.BaseAddress!, overload, gate),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);

            Assert.Contains("200", answers);
            Assert.Contains("429", answers);
            Assert.All(answers, answer => Assert.True(answer is "200" or "429", answer));
            var metrics = await Answer.GetAsync(client, "/metrics");
            Assert.Contains("levee_predict_overload_total{bound=\"delay\"}", metrics.Body, StringComparison.Ordinal);

            await Eventually.HoldsAsync(() => overload.Share <= 0);
            for (var i = 0; i < 20; i++)
            {
                (await Answer.PostAsync(client, "/predict", BusyCustomers.Body)).Ok();
            }
        }
    }

    /// <summary>The status codes of requests of which the first block all threads and the others find them blocked.</summary>
    private static List<string> AskWhileBusy(Uri address, OverloadController overload, ManualResetEventSlim gate)
    {
        var connections = new List<Socket>();
        try
        {
            Ask(address, connections);
            Assert.True(SpinWait.SpinUntil(() => overload.Share > 0.5, Eventually.Limit), "Nobody noticed that all threads are busy.");

            // Meanwhile the pool may have had time for as many threads as there were requests: these come while it is noticed.
            Ask(address, connections);
            gate.Set();
            return connections.ConvertAll(StatusOf);
        }
        finally
        {
            gate.Set();
            connections.ForEach(connection => connection.Dispose());
        }
    }

    private static void Ask(Uri address, List<Socket> connections)
    {
        for (var i = 0; i < Connections; i++)
        {
            var connection = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Eventually.Limit.TotalMilliseconds };
            connections.Add(connection);
            connection.Connect(address.Host, address.Port);
            connection.Send(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {BusyCustomers.Body.Length}\r\n\r\n{BusyCustomers.Body}")));
        }
    }

    private static string StatusOf(Socket connection)
    {
        var buffer = new byte["HTTP/1.1 200".Length];
        var read = 0;
        while (read < buffer.Length && connection.Receive(buffer.AsSpan(read)) is > 0 and var more)
        {
            read += more;
        }

        return Encoding.ASCII.GetString(buffer, 0, read).Split(' ')[^1];
    }

    /// <summary>Scores on the thread that asks, which it keeps until the gate is open.</summary>
    private sealed class BusyCustomers(ManualResetEventSlim gate) : IActiveCustomers
    {
        public const string Body = """{"customer_id":1,"merchant_id":7,"amount":5}""";

        public ScoreResponse? TryScore(ScoreRequest request)
        {
            gate.Wait();
            return new ScoreResponse { HasModel = true, ModelVersion = "v1" };
        }

        public void TryScore(ReadOnlySpan<ScoreRequest?> requests, Span<ScoreResponse?> responses) => throw new NotSupportedException();
    }
}
