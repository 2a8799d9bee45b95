using System.IO.Compression;

namespace Levee.Training;

/// <summary>
/// Reads a file of transactions row by row: CSV with a header (also compressed with gzip) or Parquet; the file's first bytes say which. No
/// more of it is in memory than a buffer, or one row group of Parquet.
/// </summary>
/// <remarks>
/// What a file lacks is filled: currency with <see cref="TransactionFileOptions.DefaultCurrency"/>, transaction_id with a UUID made of the
/// row's number and contents, label, card, country and device with nothing. A transaction_id that is not a UUID becomes one by its hash, so
/// the same file gives the same ids again. Not safe for several threads.
/// </remarks>
public sealed class TransactionFile : IDisposable
{
    private const int BufferBytes = 1 << 16;

    private readonly FileStream _stream;
    private readonly IRowSource _rows;
    private readonly RowParser _parser;
    private readonly long _length;
    private long _number;

    private TransactionFile(string path, FileStream stream, IRowSource rows, RowParser parser)
    {
        Path = path;
        _stream = stream;
        _rows = rows;
        _parser = parser;
        _length = Math.Max(1, stream.Length);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Names of the file's columns.</summary>
    public IReadOnlyList<string> Columns => _rows.Columns;

    /// <summary>How much of the file has been read, 0 to 1; for progress.</summary>
    public double ReadShare => (double)_stream.Position / _length;

    /// <summary>Opens a file and finds its columns.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How rows become transactions; null for the defaults.</param>
    /// <exception cref="TransactionFileException">It cannot be read, or lacks a column; the message says which.</exception>
    public static TransactionFile Open(string path, TransactionFileOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new TransactionFileOptions();
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
            var rows = Rows(path, stream);
            var indexes = options.Columns.Resolve(path, rows.Columns, options.RequireLabels);
            (rows as ParquetRows)?.Take([.. indexes.Where(index => index >= 0)]);
            return new TransactionFile(path, stream, rows, new RowParser(options, rows.Columns, indexes));
        }
        catch (Exception exception) when (exception is not TransactionFileException && IsOfTheFile(exception))
        {
            stream?.Dispose();
            throw Unreadable(path, exception);
        }
        catch
        {
            stream?.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next row.</summary>
    /// <param name="row">A transaction, or the reason why the row is none.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="TransactionFileException">The file is damaged from here on.</exception>
    public bool Read(out FileRow row)
    {
        row = default;
        try
        {
            if (!_rows.Read())
            {
                return false;
            }

            row = _parser.Parse(_rows, ++_number);
            return true;
        }
        catch (Exception exception) when (exception is not TransactionFileException && IsOfTheFile(exception))
        {
            throw Unreadable($"{Path}, after row {_number}", exception);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _rows.Dispose();
        _stream.Dispose();
    }

    private static IRowSource Rows(string path, FileStream stream)
    {
        Span<byte> first = stackalloc byte[4];
        var length = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        if (length == 0)
        {
            throw new TransactionFileException($"{path} is empty.");
        }

        if (first[..length].SequenceEqual("PAR1"u8))
        {
            return new ParquetRows(stream);
        }

        return new CsvRows(first is [0x1F, 0x8B, ..] ? new GZipStream(stream, CompressionMode.Decompress) : stream);
    }

    // The libraries of the formats have many kinds of exceptions for bytes that they did not expect.
    private static bool IsOfTheFile(Exception exception) => exception is not (OutOfMemoryException or OperationCanceledException);

    private static TransactionFileException Unreadable(string where, Exception cause) => cause is FileNotFoundException or DirectoryNotFoundException
        ? new TransactionFileException($"There is no file {where}.", cause)
        : new TransactionFileException($"{where} cannot be read: {cause.Message}", cause);
}
