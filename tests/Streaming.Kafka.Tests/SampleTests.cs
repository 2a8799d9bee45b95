using System.Diagnostics;
using System.Globalization;

namespace Levee.Streaming.Kafka.Tests;

public sealed class SampleTests
{
    [Fact]
    public async Task The_sample_receives_what_it_produces()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("greetings", 2);
        var program = Path.Combine(AppContext.BaseDirectory, "Levee.Samples.KafkaStreams.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])["exec", program, kafka.BootstrapServers, kafka.Topic("greetings"), Port()])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.Equal(0, process.ExitCode);
            Assert.Equal(
                ["world <- Hello 1", "world <- Hello 2", "world <- Hello 3"],
                output.Split('\n').Where(l => l.StartsWith("world <-", StringComparison.Ordinal)).Select(l => l[..l.IndexOf(" (", StringComparison.Ordinal)]));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static string Port()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
