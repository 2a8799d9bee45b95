using System.IO.Compression;
using System.Text;
using Levee.Features;

namespace Levee.Training.Tests.Files;

public sealed class TransactionFileTests : IDisposable
{
    private const string Header = "transaction_id,customer_id,merchant_id,amount,timestamp,is_fraud\n";
    private const string Id = "5f1e8d6a-7f3b-4c56-9d6f-0123456789ab";

    private readonly string _folder = Directory.CreateTempSubdirectory("levee-files").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Rows_become_transactions_with_their_labels()
    {
        var row = Assert.Single(Read(Header + Id + ",7,9,57.16,2018-04-01T00:00:31Z,1\n"));

        Assert.Equal(1, row.Number);
        Assert.Equal(
            new Transaction
            {
                TransactionId = new Guid(Id),
                CustomerId = 7,
                MerchantId = 9,
                Amount = 57.16m,
                Currency = "EUR",
                BaseCents = 5716,
                EventTimeMicros = UnixMicros.FromDateTimeOffset(new DateTimeOffset(2018, 4, 1, 0, 0, 31, TimeSpan.Zero)),
                IsFraud = true,
            },
            row.Transaction);
    }

    [Fact]
    public void Compressed_and_plain_files_give_the_same()
    {
        var text = Header + Id + ",7,9,57.16,2018-04-01T00:00:31Z,1\n";
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionMode.Compress, leaveOpen: true))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        Assert.Equal(Read(text), Read(bytes.ToArray(), null));
    }

    [Theory]
    [InlineData("transaction_id", "", "required")]
    [InlineData("customer_id", "0", "positive integer")]
    [InlineData("merchant_id", "shop", "positive integer")]
    [InlineData("amount", "12.345", "two decimals")]
    [InlineData("amount", "-1", "above 0")]
    [InlineData("timestamp", "yesterday", "ISO 8601")]
    [InlineData("timestamp", "2026-01-31 12:00:00 GMT", "ISO 8601")]
    [InlineData("timestamp", "9990-01-01T00:00:00Z", "future")]
    [InlineData("is_fraud", "maybe", "0, 1")]
    public void A_rejected_row_says_which_field_and_why(string field, string value, string message)
    {
        string[] names = ["transaction_id", "customer_id", "merchant_id", "amount", "timestamp", "is_fraud"];
        string[] values = [Id, "7", "9", "57.16", "2018-04-01T00:00:31Z", "0"];
        values[Array.IndexOf(names, field)] = value;

        var rows = Read(Header + string.Join(',', values) + "\n" + Id + ",7,9,1.00,2018-04-01T00:00:31Z,0\n");

        Assert.Equal(2, rows.Count);
        Assert.Null(rows[0].Transaction);
        Assert.Equal(field, rows[0].Error.Field);
        Assert.Contains(message, rows[0].Error.Message, StringComparison.Ordinal);
        Assert.NotNull(rows[1].Transaction);
    }

    [Fact]
    public void A_row_of_another_length_is_rejected_alone()
    {
        var rows = Read(Header + "1,2\n\n" + Id + ",7,9,1.00,2018-04-01T00:00:31Z,0\n");

        Assert.Equal("row", rows[0].Error.Field);
        Assert.NotNull(rows[1].Transaction);
    }

    [Fact]
    public void Other_names_other_separators_and_quotes_are_read()
    {
        Assert.True(ColumnMapping.TryParse("customer_id=CUSTOMER, amount=TX_AMOUNT,timestamp=When", out var columns, out _));
        var options = new TransactionFileOptions { Columns = columns };

        var row = Assert.Single(Read("CUSTOMER;merchant_id;TX_AMOUNT;When;currency\n3;\"4\";5.50;\"2018-04-01 10:00:00\";USD\n", options));

        Assert.Equal((3, 4, 506), (row.Transaction!.CustomerId, row.Transaction.MerchantId, row.Transaction.BaseCents));
        Assert.Equal("USD", row.Transaction.Currency);
    }

    [Theory]
    [InlineData("2018-07-01 12:00:00", "2018-07-01T10:00:00Z")]
    [InlineData("2018-01-01T12:00:00", "2018-01-01T11:00:00Z")]
    [InlineData("2018-07-01T12:00:00+05:00", "2018-07-01T07:00:00Z")]
    [InlineData("1530439200", "2018-07-01T10:00:00Z")]
    [InlineData("1530439200123", "2018-07-01T10:00:00.123Z")]
    [InlineData("1530439200123456", "2018-07-01T10:00:00.123456Z")]
    public void Times_without_offset_are_in_the_given_zone(string text, string expected)
    {
        var options = new TransactionFileOptions { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") };

        var row = Assert.Single(Read($"customer_id,merchant_id,amount,timestamp\n1,2,3,{text}\n", options));

        Assert.Equal(DateTimeOffset.Parse(expected, null), UnixMicros.ToDateTimeOffset(row.Transaction!.EventTimeMicros));
    }

    [Fact]
    public void A_time_that_the_zone_skips_is_rejected()
    {
        var options = new TransactionFileOptions { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") };

        Assert.Null(Assert.Single(Read("customer_id,merchant_id,amount,timestamp\n1,2,3,2018-03-25 02:30:00\n", options)).Transaction);
    }

    [Fact]
    public void Missing_and_foreign_ids_are_the_same_each_time()
    {
        const string Without = "customer_id,merchant_id,amount,timestamp\n1,2,3,2018-03-25 02:30:00\n1,2,3,2018-03-25 02:30:00\n";
        const string Foreign = "transaction_id,customer_id,merchant_id,amount,timestamp\n0,1,2,3,2018-03-25\n1,1,2,3,2018-03-25\n";
        foreach (var text in new[] { Without, Foreign })
        {
            var rows = Read(text);
            Assert.NotEqual(rows[0].Transaction!.TransactionId, rows[1].Transaction!.TransactionId);
            Assert.Equal(rows, Read(text));
        }
    }

    [Fact]
    public void Text_ids_become_numbers_where_that_is_wanted()
    {
        const string Text = "customer_id,merchant_id,amount,timestamp\n0,Shop,3,2018-03-25\n0,Other shop,3,2018-03-25\n12,Shop,3,2018-03-25\n";
        var rows = Read(Text, new TransactionFileOptions { TextIds = true }).Select(row => row.Transaction!).ToList();

        Assert.All(rows, row => Assert.True(row.CustomerId > 0 && row.MerchantId > 0));
        Assert.Equal(rows[0].CustomerId, rows[1].CustomerId);
        Assert.NotEqual(rows[0].MerchantId, rows[1].MerchantId);
        Assert.Equal(12, rows[2].CustomerId);
        Assert.Equal(rows[0].MerchantId, rows[2].MerchantId);
    }

    [Fact]
    public void A_missing_column_is_named()
    {
        var failure = Assert.Throws<TransactionFileException>(() => Read("customer_id,merchant_id,amount\n1,2,3\n"));
        Assert.Contains("no column 'timestamp'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("customer_id, merchant_id, amount", failure.Message, StringComparison.Ordinal);

        Assert.True(ColumnMapping.TryParse("amount=price", out var columns, out _));
        failure = Assert.Throws<TransactionFileException>(
            () => Read("customer_id,merchant_id,amount,timestamp\n", new TransactionFileOptions { Columns = columns }));
        Assert.Contains("'price'", failure.Message, StringComparison.Ordinal);

        failure = Assert.Throws<TransactionFileException>(
            () => Read("customer_id,merchant_id,amount,timestamp\n", new TransactionFileOptions { RequireLabels = true }));
        Assert.Contains("'is_fraud'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("amount", "not a pair")]
    [InlineData("amount=", "not a pair")]
    [InlineData("price=amount", "'price' is no field")]
    [InlineData("amount=a,amount=b", "named twice")]
    public void A_wrong_mapping_is_explained(string text, string message)
    {
        Assert.False(ColumnMapping.TryParse(text, out _, out var error));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Absent_empty_and_damaged_files_are_explained()
    {
        Assert.Contains("no file", Assert.Throws<TransactionFileException>(
            () => TransactionFile.Open(Path.Combine(_folder, "absent.csv"))).Message, StringComparison.Ordinal);
        Assert.Contains("empty", Assert.Throws<TransactionFileException>(() => Read("")).Message, StringComparison.Ordinal);
        Assert.Throws<TransactionFileException>(() => Read([0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8], null));
        Assert.Throws<TransactionFileException>(() => Read("PAR1 and no more"));
    }

    [Fact]
    public void Rejected_rows_are_counted_by_reason()
    {
        var rejected = new RejectedRows();
        foreach (var row in Read(Header + "1\n2\n" + Id + ",0,9,1.00,2018-04-01T00:00:31Z,0\n"))
        {
            rejected.Add(row);
        }

        Assert.Equal(3, rejected.Count);
        Assert.Equal(("row", 2L), (rejected.Reasons[0].Field, rejected.Reasons[0].Count));
        Assert.Equal([1, 2], rejected.Reasons[0].FirstRows);
        Assert.Equal(("customer_id", 1L), (rejected.Reasons[1].Field, rejected.Reasons[1].Count));
    }

    private List<FileRow> Read(string text, TransactionFileOptions? options = null) => Read(Encoding.UTF8.GetBytes(text), options);

    private List<FileRow> Read(byte[] bytes, TransactionFileOptions? options)
    {
        var path = Path.Combine(_folder, "file");
        File.WriteAllBytes(path, bytes);
        using var file = TransactionFile.Open(path, options);
        var rows = new List<FileRow>();
        while (file.Read(out var row))
        {
            rows.Add(row);
        }

        return rows;
    }
}
