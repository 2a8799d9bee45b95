// Scores transactions and labels one: dotnet run --project samples/Client [URL] [API-KEY], while scripts/run.sh runs.
using Levee.Client;
using Microsoft.Extensions.DependencyInjection;

var services = new ServiceCollection();
services.AddLeveeClient(options =>
{
    options.BaseAddress = new Uri(args.Length > 0 ? args[0] : "http://localhost:8000");
    options.ApiKey = args.Length > 1 ? args[1] : null;
});
await using var provider = services.BuildServiceProvider();
var levee = provider.GetRequiredService<LeveeClient>();
try
{
    var id = Guid.NewGuid();
    var score = await levee.PredictAsync(new() { CustomerId = 42, MerchantId = 7, Amount = 129.90m, TransactionId = id }, explain: true);
    Console.WriteLine($"{score.FraudProbability:P2} by {score.ModelVersion} in {score.LatencyMs:F1} ms");
    foreach (var reason in score.Reasons ?? [])
    {
        Console.WriteLine($"  {reason.Contribution:+0.00;-0.00}  {reason.Text}");
    }

    var many = Enumerable.Range(1, 1_000).Select(i => new PredictRequest { CustomerId = i, MerchantId = 7, Amount = i });
    var frauds = await levee.PredictBatchAsync(many).CountAsync(row => row.Prediction is { IsFraud: true });
    Console.WriteLine($"{frauds} of 1,000 look like fraud.");

    var labels = await levee.PostLabelsAsync([new Label { TransactionId = id, IsFraud = false, Source = "sample" }]);
    Console.WriteLine($"{labels.New} new label");
}
catch (LeveeApiException error)
{
    Console.Error.WriteLine(error.Message);
}
