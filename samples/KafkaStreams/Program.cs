// Produces three greetings into a stream and receives them in its grain: dotnet run -- localhost:9092 [topic]
using Levee.Samples.KafkaStreams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Streams;

var (brokers, topic) = (args.ElementAtOrDefault(0) ?? "localhost:9092", args.ElementAtOrDefault(1) ?? "greetings");
var port = int.Parse(args.ElementAtOrDefault(2) ?? "11111", System.Globalization.CultureInfo.InvariantCulture);
var builder = Host.CreateApplicationBuilder();
builder.UseOrleans(silo => silo.UseLocalhostClustering(port, port + 1).AddKafkaStreams("kafka", (Levee.Streaming.Kafka.KafkaStreamOptions o) =>
{
    o.BootstrapServers = brokers;
    o.GroupId = $"sample-{topic}";
    o.AddTopic<GreetingFormat>(topic);
    o.AddNamespace<GreetingFormat>("greetings", topic);
}));
using var host = builder.Build();
await host.StartAsync();

var stream = host.Services.GetRequiredKeyedService<IStreamProvider>("kafka").GetStream<string>(StreamId.Create("greetings", "world"));
for (var i = 1; i <= 3; i++)
{
    await stream.OnNextAsync($"Hello {i}");
}

await GreetingGrain.Three.WaitAsync(TimeSpan.FromMinutes(1));
await host.StopAsync();
