using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Dapper;
using Levee.Embedded;
using Levee.Features;
using Levee.Integration.Harness;
using Levee.Models;
using Levee.Storage;
using Levee.Testing.Fuzzing;

namespace Levee.Integration;

/// <summary>The API in front of real grains, a real model and a real database; two silos that share one cluster.</summary>
[Collection(SystemCollection.Name)]
public sealed class ServingTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    // The soak script asks for more.
    private static readonly int FuzzRequests =
        int.TryParse(Environment.GetEnvironmentVariable("LEVEE_FUZZ_REQUESTS"), CultureInfo.InvariantCulture, out var asked) ? asked : 4_000;

    private readonly DirectoryInfo _predictions = Directory.CreateTempSubdirectory("levee-predictions-");

    public void Dispose() => _predictions.Delete(recursive: true);

    [Fact]
    public async Task Two_silos_share_the_partitions_and_both_answer_on_live_features()
    {
        // A server of its own, which is taken away at the end.
        await using var postgres = await TestPostgres.StartTemporaryAsync(durable: true);
        using var run = new StreamRun(postgres.ConnectionString, Broker.Start());
        (string, string)[] settings =
        [
            .. SmallHistory.EndingDaysAgo(0), .. PredictionOutage.Settings(_predictions.FullName), ("Levee:Scoring:ExplainFrauds", "true"),
        ];
        await using var first = run.StartSilo(settings);
        await first.WaitAsync();
        await using var second = run.StartSilo(settings);
        await second.WaitAsync();

        // Both own some of the twelve partitions, together all of them.
        var shares = await Until.HoldsAsync(
            async () => (First: await OwnedAsync(first), Second: await OwnedAsync(second)),
            owned => owned.First > 0 && owned.Second > 0 && owned.First + owned.Second == 16,
            Soon,
            "The silos share the partitions",
            () => first.Process.Output + second.Process.Output);
        Assert.InRange(shares.First, 4, 12);

        const long customer = 900_001;
        var amounts = new[] { 20.00m, 30.00m, 40.00m };
        foreach (var amount in amounts)
        {
            await ProduceAsync(run, customer, 7, amount);
        }

        foreach (var silo in new[] { first, second })
        {
            await Until.HoldsAsync(
                async () => (await silo.GetJsonAsync($"/customers/{customer}/features")).GetRawText(),
                json => json.Contains("\"customer_transaction_count_1d\":3", StringComparison.Ordinal),
                Soon,
                "The customer's features hold the three transactions",
                () => silo.Process.Output);
            var answer = await silo.PostJsonAsync("/predict", new { customer_id = customer, merchant_id = 7, amount = 50.00m });
            Assert.InRange(answer.GetProperty("fraud_probability").GetDouble(), 0, 1);
            Assert.False(answer.GetProperty("degraded").GetBoolean());
            Assert.Equal("v1", answer.GetProperty("model_version").GetString());
            await AssertLoggedAsync(run, answer.GetProperty("prediction_id").GetGuid());
            await AssertEveryWayIsTheSameAsync(run, silo, customer);
        }

        await AssertReasonsAddUpAsync(run, first, customer);
        await AssertArrivingAreScoredAsync(run, customer, amounts.Length);
        await AssertLabelReachesMerchantAsync(run, first, customer);
        await AssertOneKeyStoresOnceAsync(run, customer, first, second);
        await SwapUnderLoad.AssertInvisibleAsync(run, first, second);
        await AssertNothingBreaksItAsync(first);
        await PredictionOutage.AssertLosesNothingAsync(postgres, run, killed: first, heir: second);
    }

    /// <summary>
    /// A score by a call of the grain, one that reads its window where that is in the silo's memory, and rows of a batch are equal.
    /// </summary>
    private static async Task AssertEveryWayIsTheSameAsync(StreamRun run, SiloUnderTest silo, long customer)
    {
        var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var transaction = new { customer_id = customer, merchant_id = 7, amount = 50.00m, timestamp };
        var answers = new List<JsonElement>();
        for (var i = 0; i < 3; i++)
        {
            answers.Add(await silo.PostJsonAsync("/predict", transaction));
        }

        answers.AddRange((await silo.PostJsonAsync("/predict/batch", new[] { transaction, transaction })).EnumerateArray());
        Assert.Single(answers.Select(answer => answer.GetProperty("fraud_probability").GetDouble()).Distinct());
        foreach (var answer in answers)
        {
            await AssertLoggedAsync(run, answer.GetProperty("prediction_id").GetGuid());
        }
    }

    /// <summary>Reasons come when asked for, and unasked with a fraud; base, reasons and rest are what the model's trees give of the logged features.</summary>
    private static async Task AssertReasonsAddUpAsync(StreamRun run, SiloUnderTest silo, long customer)
    {
        await using var source = StorageServiceCollectionExtensions.CreateSource(run.ConnectionString);
        var artifact = await new ModelRegistry(source).LoadArtifactAsync("v1", CancellationToken.None);
        var trees = ModelArtifact.FromBytes(artifact, FeatureList.Default.Hash).Trees!;
        await using var connection = await run.OpenAsync();
        var verdicts = new HashSet<int>();
        foreach (var (one, amount, country) in ((long, decimal, string?)[])[(customer, 50, null), (7, 20, null), (8, 30, null), (customer, 500, "US"), (7, 50_000, "BR")])
        {
            var transaction = new { customer_id = one, merchant_id = 7, amount, country };
            var unasked = await silo.PostJsonAsync("/predict", transaction);
            var asked = await silo.PostJsonAsync("/predict?explain=true", transaction);

            verdicts.Add(unasked.GetProperty("is_fraud").GetInt32());
            Assert.Equal(unasked.GetProperty("is_fraud").GetInt32() == 1, unasked.TryGetProperty("reasons", out _));
            var prediction = asked.GetProperty("prediction_id").GetGuid();
            var vector = await Until.HoldsAsync(
                () => connection.QuerySingleOrDefaultAsync<float[]>("SELECT features FROM predictions WHERE prediction_id = @prediction", new { prediction }),
                features => features is not null,
                Soon,
                "The prediction is logged");
            var reasons = asked.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetProperty("contribution").GetDouble()).ToArray();
            Assert.InRange(reasons.Length, 1, 5);
            Assert.Equal(reasons.OrderByDescending(Math.Abs), reasons);
            Assert.Equal(
                trees.PredictRaw(vector),
                asked.GetProperty("reasons_base").GetDouble() + reasons.Sum() + asked.GetProperty("reasons_rest").GetDouble(),
                1e-6);
        }

        Assert.Equal([0, 1], verdicts.Order());
    }

    private static async Task AssertLoggedAsync(StreamRun run, Guid prediction)
    {
        await using var connection = await run.OpenAsync();
        var row = await Until.HoldsAsync(
            () => connection.QuerySingleOrDefaultAsync<(float[] Features, long Sequence, string Hash)>(
                "SELECT features, customer_sequence, feature_hash FROM predictions WHERE prediction_id = @prediction", new { prediction }),
            row => row.Features is not null,
            Soon,
            "The prediction is logged");
        var names = FeatureList.Default.Features.Select(feature => feature.Name).ToList();
        Assert.Equal(3, row.Sequence);
        Assert.Equal(FeatureList.Default.Hash, row.Hash);
        Assert.Equal(4, row.Features[names.IndexOf("customer_transaction_count_1d")]);
        Assert.Equal(35, row.Features[names.IndexOf("customer_avg_amount_1d")], 1e-4);
        Assert.Equal(50, row.Features[names.IndexOf("customer_max_amount_1d")]);
        Assert.Equal(50, row.Features[names.IndexOf("amount")]);
    }

    private static async Task AssertArrivingAreScoredAsync(StreamRun run, long customer, int count)
    {
        await using var connection = await run.OpenAsync();
        var scored = await connection.ExecuteScalarAsync<long>(
            """
            SELECT count(*) FROM predictions p JOIN transactions t USING (transaction_id)
            WHERE t.customer_id = @customer AND NOT p.served AND p.customer_sequence = t.customer_sequence
            """,
            new { customer });
        Assert.Equal(count, scored);
    }

    private static async Task AssertLabelReachesMerchantAsync(StreamRun run, SiloUnderTest silo, long customer)
    {
        await using var connection = await run.OpenAsync();
        var transaction = await connection.QueryFirstAsync<Guid>("SELECT transaction_id FROM transactions WHERE customer_id = @customer", new { customer });
        await silo.PostJsonAsync("/labels", new { transaction_id = transaction, is_fraud = 1 });
        await Until.HoldsAsync(
            () => connection.ExecuteScalarAsync<long?>("SELECT merchant_sequence FROM labels WHERE transaction_id = @transaction", new { transaction }),
            sequence => sequence is not null,
            Soon,
            "The merchant folds the label",
            () => silo.Process.Output);
    }

    /// <summary>Tries of one request at both silos, at once and later, store its label once and get one answer.</summary>
    private static async Task AssertOneKeyStoresOnceAsync(StreamRun run, long customer, params SiloUnderTest[] silos)
    {
        await using var connection = await run.OpenAsync();
        var transaction = await connection.QueryFirstAsync<Guid>(
            "SELECT transaction_id FROM transactions t WHERE customer_id = @customer AND NOT EXISTS (SELECT FROM labels l WHERE l.transaction_id = t.transaction_id)",
            new { customer });
        var label = $$"""{"transaction_id":"{{transaction}}","is_fraud":1}""";
        var atOnce = await Task.WhenAll(silos.SelectMany(silo => (SiloUnderTest[])[silo, silo]).Select(silo => PostAsync(silo, label)));
        var later = await PostAsync(silos[1], label);

        Assert.All([.. atOnce, later], answer => Assert.Equal((HttpStatusCode.OK, later.Body), answer));
        Assert.Contains("\"new\":1", later.Body, StringComparison.Ordinal);
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM labels WHERE transaction_id = @transaction", new { transaction }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(silos[0], label.Replace(":1}", ":0}", StringComparison.Ordinal))).Status);

        static async Task<(HttpStatusCode Status, string Body)> PostAsync(SiloUnderTest silo, string label)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/labels", UriKind.Relative)) { Content = SiloUnderTest.Json(label) };
            request.Headers.Add("Idempotency-Key", "tried-at-both");
            using var response = await silo.Http.SendAsync(request);
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }
    }

    private static async Task AssertNothingBreaksItAsync(SiloUnderTest silo)
    {
        foreach (var (body, field) in new[]
        {
            ("""{"customer_id":1,"merchant_id":1,"amount":0}""", "amount"),
            ("""{"customer_id":-1,"merchant_id":1,"amount":5}""", "customer_id"),
            ("""{"customer_id":1,"merchant_id":"x","amount":5}""", "merchant_id"),
            ("""{"customer_id":1,"merchant_id":1,"amount":1e300}""", "amount"),
        })
        {
            using var response = await silo.Http.PostAsync("/predict", SiloUnderTest.Json(body));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            var problem = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
            Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
        }

        var report = await FuzzRunner.RunAsync(silo.Http.BaseAddress!, FuzzRequests, connections: 8, seed: 17);
        await report.AppendAsync("a silo of two, before a real database");
        Assert.Empty(report.Faults.Take(5));
        await silo.PostJsonAsync("/predict", new { customer_id = 1, merchant_id = 1, amount = 5 });
    }

    private static async Task<int> OwnedAsync(SiloUnderTest silo)
    {
        var health = await silo.GetJsonAsync("/health");
        var detail = health.GetProperty("components").GetProperty("stream").GetProperty("detail").GetString()!;
        return int.Parse(detail.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private static async Task ProduceAsync(StreamRun run, long customer, long merchant, decimal amount)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = run.BootstrapServers }).Build();
        await producer.ProduceAsync(new TopicPartition("transactions", (int)(customer % 12)), new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes($"{customer}"),
            Value = TransactionJson.Write(new Transaction
            {
                TransactionId = Guid.NewGuid(),
                CustomerId = customer,
                MerchantId = merchant,
                Amount = amount,
                Currency = "EUR",
                BaseCents = (long)(amount * 100),
                EventTimeMicros = UnixMicros.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
            }),
        });
    }
}
