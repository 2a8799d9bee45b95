using Levee.Features;
using Parquet;
using Parquet.Schema;

namespace Levee.Training.Tests.Files;

public sealed class ParquetFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task Columns_of_most_types_are_read_in_all_row_groups()
    {
        var time = new DateTime(2018, 4, 1, 10, 0, 0, DateTimeKind.Utc);
        await WriteAsync(
            groups: 3,
            (Field<string>("transaction_id"), (writer, field) => writer.WriteAsync(field, new[] { "a", "b" })),
            (Field<long>("customer_id"), (writer, field) => writer.WriteAsync<long>(field, new long[] { 1, 2 })),
            (Field<int?>("merchant_id"), (writer, field) => writer.WriteAsync<int>(field, new int?[] { 3, null })),
            (Field<double>("amount"), (writer, field) => writer.WriteAsync<double>(field, new[] { 57.16, 0.1 })),
            (Field<DateTime>("timestamp"), (writer, field) => writer.WriteAsync<DateTime>(field, new[] { time, time })),
            (Field<bool?>("is_fraud"), (writer, field) => writer.WriteAsync<bool>(field, new bool?[] { true, null })),
            (Field<byte[]>("not_wanted"), (writer, field) => writer.WriteAsync(field, new byte[][] { [1], [2] })));

        using var file = TransactionFile.Open(_path);
        for (var row = 1; row <= 6; row += 2)
        {
            Assert.True(file.Read(out var first));
            Assert.Equal(row, first.Number);
            Assert.Equal((1, 3, 5716, true), (first.Transaction!.CustomerId, first.Transaction.MerchantId, first.Transaction.BaseCents, first.Transaction.IsFraud));
            Assert.Equal(UnixMicros.FromDateTimeOffset(time), first.Transaction.EventTimeMicros);
            Assert.True(file.Read(out var second));
            Assert.Null(second.Transaction);
            Assert.Equal("merchant_id", second.Error.Field);
        }

        Assert.False(file.Read(out _));
    }

    private static DataField Field<T>(string name) => new DataField<T>(name);

    private async Task WriteAsync(int groups, params (DataField Field, Func<ParquetRowGroupWriter, DataField, Task> Write)[] columns)
    {
        var schema = new ParquetSchema(columns.Select(column => column.Field).ToArray<Field>());
        await using var stream = File.Create(_path);
        await using var writer = await ParquetWriter.CreateAsync(schema, stream);
        for (var group = 0; group < groups; group++)
        {
            using var rows = writer.CreateRowGroup();
            foreach (var (field, write) in columns)
            {
                await write(rows, field);
            }
        }
    }
}
