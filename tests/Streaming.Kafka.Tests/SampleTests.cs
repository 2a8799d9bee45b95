using System.Diagnostics;
using System.Globalization;
using Levee.Testing;

namespace Levee.Streaming.Kafka.Tests;

public sealed class SampleTests
{
    [Fact]
    public async Task The_sample_receives_what_it_produces()
    {
        using var kafka = TestKafka.Start();
        kafka.CreateTopic("greetings", 2);
        var program = Path.Combine(AppContext.BaseDirectory, "Levee.Samples.KafkaStreams.dll");

        // For the silo and for its gateway.
        var port = Ports.Free(count: 2).ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])["exec", program, kafka.BootstrapServers, kafka.Topic("greetings"), port])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, string.Concat(said));
            Assert.Equal(
                ["world <- Hello 1", "world <- Hello 2", "world <- Hello 3"],
                said[0].Split('\n').Where(l => l.StartsWith("world <-", StringComparison.Ordinal)).Select(l => l[..l.IndexOf(" (", StringComparison.Ordinal)]));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
