using nietras.SeparatedValues;

namespace Levee.Training;

/// <summary>Rows of a CSV file with a header; comma, semicolon, tab or bar between the values, quotes as in RFC 4180.</summary>
internal sealed class CsvRows : IRowSource
{
    private readonly SepReader _reader;

    public CsvRows(Stream stream)
    {
        // A row of another length is that row's fault and must not end the reading, so it is counted here and not by the library.
        _reader = Sep.Reader(options => options with { Unescape = true, DisableColCountCheck = true }).From(stream);
        Columns = [.. _reader.Header.ColNames.Select(name => name.Trim())];
    }

    public IReadOnlyList<string> Columns { get; }

    public int Count => _reader.Current.ColCount;

    public ReadOnlySpan<char> this[int column] => _reader.Current[column].Span;

    public bool Read()
    {
        while (_reader.MoveNext())
        {
            var row = _reader.Current;
            if (row.ColCount > 1 || row[0].Span.Length > 0)
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => _reader.Dispose();
}
