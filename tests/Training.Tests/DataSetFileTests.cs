using System.Security.Cryptography;
using Levee.Features;
using Parquet;
using Parquet.Schema;

namespace Levee.Training.Tests;

public sealed class DataSetFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("levee-data-sets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_data_set_comes_back_bit_for_bit()
    {
        var written = Sample(120_000);
        var snapshot = await DataSetFile.WriteAsync(_folder, written, CancellationToken.None);
        Assert.Equal(120_000, snapshot.Rows);
        Assert.Equal("a query", snapshot.Query);
        Assert.Equal(UnixMicros.ToDateTimeOffset(written.Rows[0].EventTimeMicros), snapshot.From);
        Assert.Equal(UnixMicros.ToDateTimeOffset(written.Rows[^1].EventTimeMicros), snapshot.To);

        var read = await DataSetFile.ReadAsync(_folder, snapshot.Sha256, CancellationToken.None);
        Assert.Equal(written.Query, read.Query);
        Assert.Equal(written.FeatureHash, read.FeatureHash);
        Assert.Equal(written.FeatureNames, read.FeatureNames);
        Assert.Equal(written.Rows.Count, read.Rows.Count);
        foreach (var (expected, actual) in written.Rows.Zip(read.Rows))
        {
            Assert.Equal(KeysOf(expected), KeysOf(actual));
            Assert.Equal(expected.Features.Select(BitConverter.SingleToInt32Bits), actual.Features.Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Fact]
    public async Task The_same_data_set_has_the_same_bytes_and_another_others()
    {
        var first = await DataSetFile.WriteAsync(_folder, Sample(3_000), CancellationToken.None);
        var bytes = await File.ReadAllBytesAsync(DataSetFile.PathOf(_folder, first.Sha256));
        Assert.Equal(first.Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal(first.Sha256, (await DataSetFile.WriteAsync(_folder, Sample(3_000), CancellationToken.None)).Sha256);

        var changed = Sample(3_000);
        changed.Rows[1_234].Features[2] = MathF.BitIncrement(changed.Rows[1_234].Features[2]);
        Assert.NotEqual(first.Sha256, (await DataSetFile.WriteAsync(_folder, changed, CancellationToken.None)).Sha256);
        Assert.NotEqual(first.Sha256, (await DataSetFile.WriteAsync(_folder, Sample(3_000) with { Query = "another" }, CancellationToken.None)).Sha256);
        Assert.Equal(3, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public async Task A_data_set_that_was_written_without_currency_country_and_device_is_read()
    {
        using var stream = new MemoryStream();
        DataField[] fields =
        [
            new DataField<Guid>("transaction_id"), new DataField<long>("event_time"), new DataField<long>("customer_id"),
            new DataField<bool>("is_fraud"), new DataField<float>("amount"),
        ];
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream))
        {
            writer.CustomMetadata = new Dictionary<string, string> { ["levee.query"] = "old", ["levee.feature_hash"] = "hash" };
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<Guid>(fields[0], new[] { Guid.Empty }.AsMemory());
            await group.WriteAsync<long>(fields[1], new[] { 5L }.AsMemory());
            await group.WriteAsync<long>(fields[2], new[] { 6L }.AsMemory());
            await group.WriteAsync<bool>(fields[3], new[] { true }.AsMemory());
            await group.WriteAsync<float>(fields[4], new[] { 7f }.AsMemory());
            group.CompleteValidate();
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(stream.ToArray()));
        await File.WriteAllBytesAsync(DataSetFile.PathOf(_folder, hash), stream.ToArray());
        var read = await DataSetFile.ReadAsync(_folder, hash, CancellationToken.None);
        Assert.Equal(["amount"], read.FeatureNames);
        var row = Assert.Single(read.Rows);
        Assert.Equal((Guid.Empty, 5, 6, true, null, null, null), KeysOf(row));
        Assert.Equal([7f], row.Features);
    }

    [Fact]
    public async Task A_file_that_changed_or_is_gone_is_refused()
    {
        var snapshot = await DataSetFile.WriteAsync(_folder, Sample(100), CancellationToken.None);
        var path = DataSetFile.PathOf(_folder, snapshot.Sha256);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[200] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        var changed = await Assert.ThrowsAsync<TrainingDataException>(() => DataSetFile.ReadAsync(_folder, snapshot.Sha256, CancellationToken.None));
        Assert.Contains("has changed", changed.Message, StringComparison.Ordinal);

        File.Delete(path);
        var gone = await Assert.ThrowsAsync<TrainingDataException>(() => DataSetFile.ReadAsync(_folder, snapshot.Sha256, CancellationToken.None));
        Assert.Contains(snapshot.Sha256, gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_data_set_is_refused()
    {
        var bytes = "nothing of the kind"u8.ToArray();
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        await File.WriteAllBytesAsync(DataSetFile.PathOf(_folder, hash), bytes);
        await Assert.ThrowsAsync<TrainingDataException>(() => DataSetFile.ReadAsync(_folder, hash, CancellationToken.None));
    }

    [Fact]
    public async Task Rows_that_do_not_fit_are_refused_and_leave_nothing()
    {
        var data = Sample(10);
        await Assert.ThrowsAsync<TrainingDataException>(
            () => DataSetFile.WriteAsync(_folder, data with { FeatureNames = ["one"] }, CancellationToken.None));
        await Assert.ThrowsAsync<TrainingDataException>(() => DataSetFile.WriteAsync(_folder, data with { Rows = [] }, CancellationToken.None));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private static DataSet Sample(int count)
    {
        var random = new Random(7);
        var start = UnixMicros.FromDateTimeOffset(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        return new DataSet
        {
            Query = "a query",
            FeatureHash = "a hash",
            FeatureNames = ["one", "two", "three"],
            Rows =
            [
                .. Enumerable.Range(0, count).Select(n =>
                {
                    var id = new byte[16];
                    random.NextBytes(id);
                    return new TrainingRow(
                        new Guid(id),
                        start + (n * UnixMicros.PerMinute) + 1,
                        random.Next(1, 50),
                        random.Next(10) == 0,
                        [random.Next(5), random.NextSingle(), random.Next(4) == 0 ? float.NaN : -random.NextSingle()])
                    {
                        Currency = n % 3 == 0 ? "USD" : "EUR",
                        Country = n % 4 == 0 ? null : "DE",
                        DeviceType = n % 5 == 0 ? "" : null,
                    };
                }),
            ],
        };
    }

    private static (Guid, long, long, bool, string?, string?, string?) KeysOf(TrainingRow row) =>
        (row.TransactionId, row.EventTimeMicros, row.CustomerId, row.IsFraud, row.Currency, row.Country, row.DeviceType);
}
