using System.Globalization;
using System.IO.Compression;
using Levee.Features;

namespace Levee.Bench.Train;

/// <summary>Reads transactions with their labels from a CSV or CSV.gz file with the product's own columns, in time order.</summary>
internal static class TransactionFile
{
    private static readonly string[] Columns = ["transaction_id", "customer_id", "merchant_id", "amount", "timestamp", "is_fraud"];

    public static List<Transaction> Read(string path)
    {
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(stream);
        var head = (reader.ReadLine() ?? "").Split(',');
        var places = Array.ConvertAll(Columns, column => Array.IndexOf(head, column));
        var missing = Columns.Where((_, i) => places[i] < 0).ToList();
        if (missing.Count > 0)
        {
            throw new BenchException($"{path} lacks the columns {string.Join(", ", missing)}.", ExitCodes.NotMeasured);
        }

        var transactions = new List<Transaction>();
        for (var number = 2; reader.ReadLine() is { } line; number++)
        {
            try
            {
                transactions.Add(Parse(line.Split(','), places));
            }
            catch (Exception error) when (error is FormatException or IndexOutOfRangeException or OverflowException)
            {
                throw new BenchException($"{path}, line {number}: {error.Message}", ExitCodes.NotMeasured);
            }
        }

        return transactions;
    }

    private static Transaction Parse(string[] cells, int[] places)
    {
        var culture = CultureInfo.InvariantCulture;
        var amount = decimal.Parse(cells[places[3]], culture);
        var time = DateTimeOffset.Parse(cells[places[4]], culture, DateTimeStyles.AssumeUniversal);
        return new Transaction
        {
            TransactionId = Guid.Parse(cells[places[0]]),
            CustomerId = long.Parse(cells[places[1]], culture),
            MerchantId = long.Parse(cells[places[2]], culture),
            Amount = amount,
            Currency = "EUR",
            BaseCents = (long)(amount * 100),
            EventTimeMicros = UnixMicros.FromDateTimeOffset(time),
            IsFraud = cells[places[5]] == "1",
        };
    }
}
