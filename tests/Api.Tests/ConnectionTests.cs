using System.Net;
using System.Net.Sockets;
using System.Text;
using Levee.Api.Hosting;
using Levee.Api.Tests.Cluster;
using Levee.Testing;

namespace Levee.Api.Tests;

/// <summary>Callers who are slow, silent or too many hold up nobody else.</summary>
[Collection(ApiCollection.Name)]
public sealed class ConnectionTests(ApiFixture api)
{
    private const string Body = """{"customer_id":321,"merchant_id":7,"amount":5}""";
    private const int Idle = 1_000;

    // More than predictions may be under way, and more than batches.
    private const int Slow = 300;
    private const int SlowBatches = 40;

    [Fact]
    public async Task A_thousand_idle_connections_and_bodies_that_dribble_in_do_not_stop_others()
    {
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < Idle; i++)
            {
                sockets.Add(await ConnectAsync(api.Address));
            }

            var head = Encoding.ASCII.GetBytes(
                $"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n");
            var slow = sockets[..Slow];
            foreach (var socket in slow)
            {
                await socket.SendAsync(head);
            }

            // A byte of each, then an answer to somebody else, until only the last byte is missing.
            for (var sent = 0; sent < Body.Length - 1; sent++)
            {
                foreach (var socket in slow)
                {
                    await socket.SendAsync(Encoding.ASCII.GetBytes(Body.Substring(sent, 1)));
                }

                Assert.Equal(HttpStatusCode.OK, (await Answer.PostAsync(api.Client, "/predict", Body)).Status);
            }

            // None of them was forgotten.
            foreach (var socket in slow)
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(Body[^1..]));
                Assert.StartsWith("HTTP/1.1 200", await ReadAsync(socket), StringComparison.Ordinal);
            }
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Batches_that_dribble_in_and_answers_that_nobody_reads_end_and_do_not_stop_others_for_long()
    {
        // More of an answer than the sockets' buffers hold.
        const int rows = 10_000;
        using var client = await api.StartAsync(("BatchTimeout", "00:00:02"), ("MaxConcurrentBatches", "4"), ("MaxConcurrentBatchRows", $"{rows}"));
        var batch = $"[{string.Join(',', Enumerable.Repeat(Body, rows))}]";
        using var reader = await ConnectAsync(client.BaseAddress!, receiveBytes: 1_024);
        await reader.SendAsync(Encoding.ASCII.GetBytes(
            $"POST /predict/batch?explain=true HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {batch.Length}\r\n\r\n{batch}"));
        await Eventually.HoldsAsync(async () => (await Answer.PostAsync(client, "/predict/batch", $"[{Body}]")).Status == HttpStatusCode.OK);

        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < SlowBatches; i++)
            {
                sockets.Add(await ConnectAsync(client.BaseAddress!));
                await sockets[i].SendAsync(Encoding.ASCII.GetBytes(
                    "POST /predict/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n["));
            }

            Assert.Equal(HttpStatusCode.OK, (await Answer.PostAsync(client, "/predict", Body)).Status);
            await Eventually.HoldsAsync(async () => (await Answer.PostAsync(client, "/predict/batch", $"[{Body}]")).Status == HttpStatusCode.OK);
            var ends = await Task.WhenAll(sockets.Select(ReadAsync));
            Assert.All(ends, end => Assert.Matches("^HTTP/1.1 (408|429)", end));
            Assert.Contains(ends, end => end.StartsWith("HTTP/1.1 408", StringComparison.Ordinal));
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_and_headers_that_do_not_end_lose_their_connection()
    {
        using var client = await api.StartAsync(new Dictionary<string, string?>
        {
            [$"{ServerOptions.Section}:MinRequestBytesPerSecond"] = "1000",
            [$"{ServerOptions.Section}:RateGracePeriod"] = "00:00:01.1",
            [$"{ServerOptions.Section}:RequestHeadersTimeout"] = "00:00:01",
        });
        using var body = await ConnectAsync(client.BaseAddress!);
        using var headers = await ConnectAsync(client.BaseAddress!);
        await body.SendAsync(Encoding.ASCII.GetBytes(
            "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"));
        await headers.SendAsync(Encoding.ASCII.GetBytes("POST /predict HTTP/1.1\r\nHost: x\r\nX-Long"));

        Assert.StartsWith("HTTP/1.1 408", await ReadAsync(body), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 408", await ReadAsync(headers), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_the_others_go_on()
    {
        using var client = await api.StartAsync(new Dictionary<string, string?> { [$"{ServerOptions.Section}:MaxConnections"] = "2" });
        Assert.Equal(HttpStatusCode.OK, (await Answer.PostAsync(client, "/predict", Body)).Status);
        using var second = await ConnectAsync(client.BaseAddress!);
        await second.SendAsync(Encoding.ASCII.GetBytes("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 200", await ReadAsync(second), StringComparison.Ordinal);

        using var third = await ConnectAsync(client.BaseAddress!);
        Assert.Equal("", await ReadAsync(third));
        Assert.Equal(HttpStatusCode.OK, (await Answer.PostAsync(client, "/predict", Body)).Status);
    }

    [Fact]
    public void Limits_out_of_range_are_named()
    {
        var wrong = new ServerOptions
        {
            MaxConnections = 0,
            KeepAliveTimeout = TimeSpan.Zero,
            RequestHeadersTimeout = TimeSpan.FromDays(1),
            MinRequestBytesPerSecond = -1,
            MinResponseBytesPerSecond = double.PositiveInfinity,
            RateGracePeriod = TimeSpan.FromSeconds(1),
        };

        var failures = new ServerOptionsValidator().Validate(null, wrong).Failures!.ToArray();

        Assert.Equal(
            ["MaxConnections", "KeepAliveTimeout", "RequestHeadersTimeout", "MinRequestBytesPerSecond", "MinResponseBytesPerSecond", "RateGracePeriod"],
            failures.Select(failure => failure.Split(' ')[0].Split(':')[^1]));
        Assert.True(new ServerOptionsValidator().Validate(null, new ServerOptions()).Succeeded);
    }

    private static async Task<Socket> ConnectAsync(Uri address, int? receiveBytes = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.ReceiveBufferSize = receiveBytes ?? socket.ReceiveBufferSize;
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        return socket;
    }

    /// <summary>The first part of what comes; empty when the connection was closed.</summary>
    private static async Task<string> ReadAsync(Socket socket)
    {
        var buffer = new byte[4_096];
        try
        {
            var count = await socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(30));
            return Encoding.ASCII.GetString(buffer, 0, count);
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
