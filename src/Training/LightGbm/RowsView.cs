using System.Runtime.Intrinsics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Levee.Training;

/// <summary>
/// Training rows as ML.NET reads them, without a copy: ML.NET passes over the data several times, and missing values are replaced on the way
/// each time, which is cheaper than to keep another copy of every vector.
/// </summary>
internal sealed class RowsView : IDataView
{
    private readonly IReadOnlyList<TrainingRow> _rows;
    private readonly int _featureCount;

    public RowsView(IReadOnlyList<TrainingRow> rows, int featureCount)
    {
        _rows = rows;
        _featureCount = featureCount;
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(MlNetColumns.Features, new VectorDataViewType(NumberDataViewType.Single, featureCount));
        schema.AddColumn(MlNetColumns.Label, BooleanDataViewType.Instance);
        Schema = schema.ToSchema();
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => _rows.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, [.. columnsNeeded.Select(column => column.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private static void Replace(ReadOnlySpan<float> source, Span<float> target)
    {
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var sentinel = Vector256.Create(MissingValues.Sentinel);
            for (; i + Vector256<float>.Count <= source.Length; i += Vector256<float>.Count)
            {
                var values = Vector256.Create(source[i..]);
                Vector256.ConditionalSelect(Vector256.Equals(values, values), values, sentinel).CopyTo(target[i..]);
            }
        }

        for (; i < source.Length; i++)
        {
            target[i] = float.IsNaN(source[i]) ? MissingValues.Sentinel : source[i];
        }
    }

    private sealed class Cursor(RowsView view, HashSet<int> active) : DataViewRowCursor
    {
        private int _position = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool MoveNext() => _position < view._rows.Count && ++_position < view._rows.Count;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column))
            {
                throw new ArgumentOutOfRangeException(nameof(column), column.Name, "The column was not asked for.");
            }

            Delegate getter = column.Name == MlNetColumns.Label ? (ValueGetter<bool>)GetLabel : (ValueGetter<VBuffer<float>>)GetFeatures;
            return getter as ValueGetter<TValue> ?? throw new InvalidOperationException($"{column.Name} is not of type {typeof(TValue)}.");
        }

        private void GetLabel(ref bool value) => value = view._rows[_position].IsFraud;

        private void GetFeatures(ref VBuffer<float> value)
        {
            var editor = VBufferEditor.Create(ref value, view._featureCount);
            Replace(view._rows[_position].Features, editor.Values);
            value = editor.Commit();
        }
    }
}
