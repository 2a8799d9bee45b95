using Levee.Grains.Hosting;
using Levee.Simulation;
using Microsoft.Extensions.Options;

namespace Levee.Silo.FirstStart;

/// <summary>Simulated transactions, produced to Kafka while the silo runs.</summary>
internal sealed partial class LiveDemo(
    IOptions<DemoOptions> demo, IOptions<KafkaOptions> kafka, TimeProvider time, ILogger<LiveDemo> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var simulator = new KafkaSimulator(
                    demo.Value.ToSimulation(time.GetUtcNow()),
                    new KafkaSimulatorOptions
                    {
                        BootstrapServers = kafka.Value.BootstrapServers,
                        Topic = kafka.Value.TransactionsTopic,
                        LabelTopic = kafka.Value.LabelsTopic,
                        Partitioner = demo.Value.Partitioner,
                    },
                    time);
                await simulator.RunLiveAsync(demo.Value.Rate, stoppingToken);
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (SimulationException exception)
            {
                LogStopped(logger, exception.Message);
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The simulated traffic stopped ({Reason}); starting it again")]
    private static partial void LogStopped(ILogger logger, string reason);
}
