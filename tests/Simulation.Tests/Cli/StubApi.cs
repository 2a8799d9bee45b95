using System.Net;
using System.Net.Sockets;

namespace Levee.Simulation.Tests.Cli;

/// <summary>Answers one request over HTTP and keeps it.</summary>
internal sealed class StubApi : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task<(string Line, string Body)> _request;

    public StubApi(int status, string answer)
    {
        // The port is free now, and nobody else takes the same one in the moment until it is taken.
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        }

        _listener.Prefixes.Add(Url);
        _listener.Start();
        _request = AnswerAsync(status, answer);
    }

    public string Url { get; }

    public Task<(string Line, string Body)> Request => _request.WaitAsync(TimeSpan.FromSeconds(20));

    public void Dispose() => _listener.Close();

    private async Task<(string Line, string Body)> AnswerAsync(int status, string answer)
    {
        var context = await _listener.GetContextAsync();
        using var reader = new StreamReader(context.Request.InputStream);
        var request = ($"{context.Request.HttpMethod} {context.Request.RawUrl}", await reader.ReadToEndAsync());
        context.Response.StatusCode = status;
        await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer));
        context.Response.Close();
        return request;
    }
}
