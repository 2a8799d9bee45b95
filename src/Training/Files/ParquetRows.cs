using Parquet;
using Parquet.Schema;

namespace Levee.Training;

/// <summary>Rows of a Parquet file, a row group at a time; only the columns that are asked for are read.</summary>
internal sealed class ParquetRows : IRowSource
{
    private readonly Stream _stream;
    private readonly ParquetReader _reader;
    private readonly DataField[] _fields;
    private readonly IParquetColumn?[] _columns;
    private IReadOnlyCollection<int> _wanted;
    private int _group = -1;
    private long _rowsInGroup;
    private long _row = -1;
    private string _text = "";

    public ParquetRows(Stream stream)
    {
        _stream = stream;
        _reader = ParquetReader.CreateAsync(stream).GetAwaiter().GetResult();
        _fields = _reader.Schema.GetDataFields();
        _columns = new IParquetColumn?[_fields.Length];
        _wanted = [.. Enumerable.Range(0, _fields.Length)];
        Columns = [.. _fields.Select(field => field.Name)];
    }

    public IReadOnlyList<string> Columns { get; }

    public int Count => _fields.Length;

    public ReadOnlySpan<char> this[int column]
    {
        get
        {
            _text = _columns[column]?.Text((int)_row) ?? "";
            return _text;
        }
    }

    /// <summary>Reads only these columns.</summary>
    public void Take(IReadOnlyCollection<int> columns) => _wanted = columns;

    public bool Read()
    {
        _row++;
        while (_row >= _rowsInGroup)
        {
            if (++_group >= _reader.RowGroupCount)
            {
                return false;
            }

            using var group = _reader.OpenRowGroupReader(_group);
            _rowsInGroup = group.RowCount;
            _row = 0;
            foreach (var column in _wanted)
            {
                _columns[column] = ParquetColumn.Read(group, _fields[column], checked((int)_rowsInGroup));
            }
        }

        return true;
    }

    public void Dispose()
    {
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _stream.Dispose();
    }
}
