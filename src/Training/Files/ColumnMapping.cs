namespace Levee.Training;

/// <summary>Which column of a file holds which field of a transaction. A field without an entry is in the column of its own name.</summary>
public sealed class ColumnMapping
{
    private readonly Dictionary<string, string> _columns;

    private ColumnMapping(Dictionary<string, string> columns) => _columns = columns;

    /// <summary>All fields that a file can hold.</summary>
    public static IReadOnlyList<string> Fields { get; } =
    [
        "transaction_id", "customer_id", "merchant_id", "amount", "currency", "timestamp", "card_last_4", "is_fraud", "country", "device_type",
    ];

    /// <summary>Fields that have no default.</summary>
    public static IReadOnlyList<string> Required { get; } = ["customer_id", "merchant_id", "amount", "timestamp"];

    /// <summary>Every column bears the field's name.</summary>
    public static ColumnMapping None { get; } = new([]);

    /// <summary>Reads field=column pairs that are separated by commas, such as "amount=TX_AMOUNT,timestamp=TX_DATETIME".</summary>
    /// <param name="text">The pairs; empty for none.</param>
    /// <param name="mapping">The mapping when the result is true.</param>
    /// <param name="error">What is wrong when the result is false, in one sentence without its end.</param>
    public static bool TryParse(string text, out ColumnMapping mapping, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        mapping = None;
        error = "";
        var columns = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var sign = pair.IndexOf('=', StringComparison.Ordinal);
            var field = sign < 0 ? pair : pair[..sign].TrimEnd();
            var column = sign < 0 ? "" : pair[(sign + 1)..].TrimStart();
            if (column.Length == 0)
            {
                error = $"'{pair}' is not a pair such as amount=TX_AMOUNT";
                return false;
            }

            if (!Fields.Contains(field))
            {
                error = $"'{field}' is no field of a transaction; these are: {string.Join(", ", Fields)}";
                return false;
            }

            if (!columns.TryAdd(field, column))
            {
                error = $"'{field}' is named twice";
                return false;
            }
        }

        mapping = new ColumnMapping(columns);
        return true;
    }

    /// <summary>The column that a field is read from when the file has it.</summary>
    public string ColumnOf(string field) => _columns.GetValueOrDefault(field, field);

    /// <summary>Where each of <see cref="Fields"/> is in a file: the column's index, or -1 when the file lacks it.</summary>
    /// <exception cref="TransactionFileException">A column that was named, or one without a default, is missing.</exception>
    internal int[] Resolve(string file, IReadOnlyList<string> columns, bool requireLabels)
    {
        var indexes = new int[Fields.Count];
        for (var i = 0; i < indexes.Length; i++)
        {
            var column = ColumnOf(Fields[i]);
            indexes[i] = IndexOf(columns, column);
            if (indexes[i] < 0 && (_columns.ContainsKey(Fields[i]) || Required.Contains(Fields[i]) || (requireLabels && Fields[i] == "is_fraud")))
            {
                throw new TransactionFileException(
                    $"{file} has no column '{column}' for the field {Fields[i]}; its columns are: {string.Join(", ", columns)}.");
            }
        }

        return indexes;
    }

    private static int IndexOf(IReadOnlyList<string> columns, string name)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (string.Equals(columns[i], name, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}
