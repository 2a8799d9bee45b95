using System.Globalization;
using System.IO.Compression;

namespace Levee.Features.Tests;

/// <summary>
/// The public golden files: windows of real customers and merchants of the handbook's simulation, computed by others. The files carry no
/// licence, so they are not in the repository; where they are absent these tests say so and end.
/// </summary>
public sealed class HandbookGoldenTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const string Folder = "LEVEE_SHARED_DATA";

    [Fact]
    public void Customer_windows_match()
    {
        var customers = new Dictionary<long, CustomerWindow>();
        var rows = Each("golden-customer-windows.csv.gz", (row, transaction) =>
        {
            if (!customers.TryGetValue(transaction.CustomerId, out var window))
            {
                customers.Add(transaction.CustomerId, window = new CustomerWindow(transaction.CustomerId));
            }

            Assert.Equal(FoldStatus.Folded, window.Fold(transaction, long.MinValue).Status);
            var values = Compute(transaction, window, default);
            foreach (var days in new[] { "1d", "7d", "30d" })
            {
                Assert.Equal(Number(row[$"customer_transaction_count_{days}"]), values[$"customer_transaction_count_{days}"]);

                // The file has eight decimals, so the comparison is relative.
                var expected = Number(row[$"customer_avg_amount_{days}"]);
                Assert.Equal(expected, values[$"customer_avg_amount_{days}"], 1e-9 * expected);
            }

            Assert.Equal(Number(row["is_weekend"]), values["is_weekend"]);
            Assert.Equal(Number(row["is_night"]), values["is_night"]);
        });
        Assert.True(rows is null or 12_127, $"{rows} rows");
    }

    [Fact]
    public void Merchant_windows_match()
    {
        var merchants = new Dictionary<long, MerchantWindow>();
        var rows = Each("golden-merchant-windows.csv.gz", (row, transaction) =>
        {
            if (!merchants.TryGetValue(transaction.MerchantId, out var window))
            {
                merchants.Add(transaction.MerchantId, window = new MerchantWindow(transaction.MerchantId));
            }

            Assert.Equal(FoldStatus.Folded, window.Fold(transaction).Status);
            var values = Compute(transaction, null, window.Snapshot(transaction.EventTimeMicros, transaction.BaseCents));
            foreach (var days in new[] { "1d", "7d", "30d" })
            {
                Assert.Equal(Number(row[$"merchant_transaction_count_{days}"]), values[$"merchant_transaction_count_{days}"]);
                Assert.Equal(Number(row[$"merchant_fraud_rate_{days}"]), values[$"merchant_fraud_rate_{days}"], 1e-9);
            }
        });
        Assert.True(rows is null or 7_592, $"{rows} rows");
    }

    private static Dictionary<string, double> Compute(Transaction transaction, CustomerWindow? customer, in MerchantSnapshot merchant)
    {
        var list = FeatureList.Default;
        var vector = new double[list.Count];
        list.Compute(transaction, customer, merchant, vector);
        return list.Features.Select((feature, i) => (feature.Name, vector[i])).ToDictionary();
    }

    private int? Each(string file, Action<Dictionary<string, string>, Transaction> check)
    {
        var path = Path.Combine(Environment.GetEnvironmentVariable(Folder) ?? Path.Combine(Root(), "..", "shared", "data"), file);
        if (!File.Exists(path))
        {
            output.WriteLine($"{path} is not here (set {Folder} to its folder); nothing was compared.");
            return null;
        }

        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var names = reader.ReadLine()!.Split(',');
        var count = 0;
        while (reader.ReadLine() is { } line)
        {
            var row = names.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second);
            var amount = decimal.Parse(row["amount"], CultureInfo.InvariantCulture);
            check(row, new Transaction
            {
                TransactionId = Guid.Parse(row["transaction_id"]),
                CustomerId = long.Parse(row["customer_id"], CultureInfo.InvariantCulture),
                MerchantId = long.Parse(row["merchant_id"], CultureInfo.InvariantCulture),
                Amount = amount,
                Currency = "EUR",
                BaseCents = (long)(amount * 100),
                EventTimeMicros = UnixMicros.FromDateTimeOffset(DateTimeOffset.Parse(row["timestamp"], CultureInfo.InvariantCulture)),
                IsFraud = row["is_fraud"] == "1",
            });
            count++;
        }

        return count;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
