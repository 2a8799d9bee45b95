using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace Levee.Training;

/// <summary>Reads columns of a Parquet file, whatever their type.</summary>
internal static class ParquetColumn
{
    public static IParquetColumn Read(ParquetRowGroupReader group, DataField field, int rows)
    {
        var type = Nullable.GetUnderlyingType(field.ClrType) ?? field.ClrType;
        return type switch
        {
            _ when field.MaxRepetitionLevel > 0 => throw Unsupported(field),
            _ when type == typeof(string) || type == typeof(ReadOnlyMemory<char>) => ReadTexts(group, field, rows),
            _ when type == typeof(long) => Values<long>(group, field, rows, v => v.ToString(CultureInfo.InvariantCulture)),
            _ when type == typeof(int) => Values<int>(group, field, rows, v => v.ToString(CultureInfo.InvariantCulture)),
            _ when type == typeof(short) => Values<short>(group, field, rows, v => v.ToString(CultureInfo.InvariantCulture)),
            _ when type == typeof(sbyte) => Values<sbyte>(group, field, rows, v => v.ToString(CultureInfo.InvariantCulture)),
            _ when type == typeof(ulong) => Values<ulong>(group, field, rows, v => v.ToString(CultureInfo.InvariantCulture)),
            _ when type == typeof(uint) => Values<uint>(group, field, rows, v => v.ToString(CultureInfo.InvariantCulture)),
            _ when type == typeof(ushort) => Values<ushort>(group, field, rows, v => v.ToString(CultureInfo.InvariantCulture)),
            _ when type == typeof(byte) => Values<byte>(group, field, rows, v => v.ToString(CultureInfo.InvariantCulture)),
            _ when type == typeof(bool) => Values<bool>(group, field, rows, v => v ? "1" : "0"),
            _ when type == typeof(double) => Values<double>(group, field, rows, Number),
            _ when type == typeof(float) => Values<float>(group, field, rows, v => v.ToString(CultureInfo.InvariantCulture)),
            _ when type == typeof(decimal) => Values<decimal>(group, field, rows, v => v.ToString(CultureInfo.InvariantCulture)),
            _ when type == typeof(Guid) => Values<Guid>(group, field, rows, v => v.ToString()),
            _ when type == typeof(DateTime) => Values<DateTime>(group, field, rows, Time),
            _ => throw Unsupported(field),
        };
    }

    // Missing numbers are NaN where a table of floating-point numbers was written.
    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTime value) =>
        value.ToString(value.Kind == DateTimeKind.Utc ? "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private static TransactionFileException Unsupported(DataField field) =>
        new($"The Parquet column '{field.Name}' is of a type ({field.ClrType.Name}) that no field of a transaction can be read from.");

    private static Texts ReadTexts(ParquetRowGroupReader group, DataField field, int rows)
    {
        var values = new string?[rows];
        group.ReadAsync(field, values!, null).AsTask().GetAwaiter().GetResult();
        return new Texts(values);
    }

    private static IParquetColumn Values<T>(ParquetRowGroupReader group, DataField field, int rows, Func<T, string> format)
        where T : struct
    {
        if (!field.IsNullable)
        {
            var all = new T[rows];
            group.ReadAsync(field, all.AsMemory(), null).AsTask().GetAwaiter().GetResult();
            return new Present<T>(all, format);
        }

        var values = new T?[rows];
        group.ReadAsync(field, values.AsMemory(), null).AsTask().GetAwaiter().GetResult();
        return new Optional<T>(values, format);
    }

    private sealed class Texts(string?[] values) : IParquetColumn
    {
        public string? Text(int row) => values[row];
    }

    private sealed class Present<T>(T[] values, Func<T, string> format) : IParquetColumn
        where T : struct
    {
        public string Text(int row) => format(values[row]);
    }

    private sealed class Optional<T>(T?[] values, Func<T, string> format) : IParquetColumn
        where T : struct
    {
        public string? Text(int row) => values[row] is { } value ? format(value) : null;
    }
}
