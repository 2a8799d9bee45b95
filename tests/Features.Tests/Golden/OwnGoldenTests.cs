using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Levee.Features.Tests.Golden;

/// <summary>The project's own golden set: golden.py beside it simulates it and says, in exact fractions, what every feature must be.</summary>
public sealed class OwnGoldenTests
{
    // Before these columns stands the transaction, from here on one column a feature.
    private const int FirstFeature = 10;

    private static readonly string[][] Rows = Read();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_feature_of_every_row_matches(bool withRestarts)
    {
        var list = FeatureList.All;
        Assert.Equal(Rows[0][FirstFeature..], list.Features.Select(feature => feature.Name));
        Assert.Equal(2_000, Rows.Length - 1);

        var customers = new Dictionary<long, CustomerWindow>();
        var merchants = new Dictionary<long, MerchantWindow>();
        var vector = new double[list.Count];
        var singles = new float[list.Count];
        foreach (var row in Rows[1..])
        {
            var transaction = Parse(row);
            var customer = customers.GetValueOrDefault(transaction.CustomerId) ?? new CustomerWindow(transaction.CustomerId);
            var merchant = merchants.GetValueOrDefault(transaction.MerchantId) ?? new MerchantWindow(transaction.MerchantId);
            if (withRestarts)
            {
                customer = CustomerWindow.Deserialize(customer.Serialize());
                merchant = MerchantWindow.Deserialize(merchant.Serialize());
            }

            customers[transaction.CustomerId] = customer;
            merchants[transaction.MerchantId] = merchant;

            // What /predict says of it beforehand is what is computed once it has been folded.
            list.Compute(transaction, customer, merchant.Snapshot(transaction.EventTimeMicros, transaction.BaseCents), vector);
            AssertRow(row, vector, checkMerchant: false);

            Assert.Equal(FoldStatus.Folded, customer.Fold(transaction, long.MinValue).Status);
            Assert.Equal(FoldStatus.Folded, merchant.Fold(transaction).Status);
            merchant.ApplyLabels(Labels(row, transaction));
            var snapshot = merchant.Snapshot(transaction.EventTimeMicros, transaction.BaseCents);
            list.Compute(transaction, customer, snapshot, vector);
            AssertRow(row, vector, checkMerchant: true);

            list.Compute(transaction, customer, snapshot, singles);
            Assert.Equal(vector.Select(value => (float)value), singles);
        }
    }

    private static void AssertRow(string[] row, double[] vector, bool checkMerchant)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            var feature = FeatureList.All.Features[i];
            if (feature.Source == FeatureSource.Merchant && !checkMerchant)
            {
                continue;
            }

            var expected = row[FirstFeature + i].Length == 0 ? double.NaN : Number(row[FirstFeature + i]);
            if (feature.Operation == FeatureOperation.Count || double.IsNaN(expected))
            {
                Assert.True(expected.Equals(vector[i]), $"{feature.Name} of {row[0]}: {vector[i]} instead of {expected}");
            }
            else
            {
                // The file has twelve digits.
                Assert.True(
                    Math.Abs(vector[i] - expected) <= 1e-9 * Math.Max(1, Math.Abs(expected)),
                    $"{feature.Name} of {row[0]}: {vector[i]} instead of {expected}");
            }
        }
    }

    private static Transaction Parse(string[] row)
    {
        static string Optional(string name, string value) => value.Length == 0 ? "" : $",\"{name}\":\"{value}\"";
        var json = $$"""
            {"transaction_id":"{{row[0]}}","customer_id":{{row[1]}},"merchant_id":{{row[2]}},"amount":{{row[3]}},"currency":"{{row[4]}}",
            "timestamp":"{{row[5]}}","is_fraud":{{row[6]}}{{Optional("country", row[7])}}{{Optional("device_type", row[8])}}}
            """;
        Assert.True(
            TransactionJson.TryParse(Encoding.UTF8.GetBytes(json), CurrencyTable.Default, long.MaxValue / 2, out var transaction, out var error),
            error.ToString());
        return transaction!;
    }

    private static LabelHistory Labels(string[] row, Transaction transaction) => new(
        transaction.TransactionId,
        transaction.EventTimeMicros,
        [.. row[9].Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(one => new LabelObservation(one[0] == '1', long.Parse(one.AsSpan(2), CultureInfo.InvariantCulture)))])
    {
        BaseCents = transaction.BaseCents,
    };

    private static string[][] Read()
    {
        using var stream = typeof(OwnGoldenTests).Assembly.GetManifestResourceStream("golden.csv.gz")!;
        using var reader = new StreamReader(new GZipStream(stream, CompressionMode.Decompress));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(','))];
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
