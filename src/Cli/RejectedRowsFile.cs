using System.Globalization;
using Levee.Features;
using Levee.Training;

namespace Levee.Cli;

/// <summary>The rows of files that were not imported: counted by reason, and each with its reason in a CSV file if one is wanted.</summary>
internal sealed class RejectedRowsFile : IDisposable
{
    private readonly IReadOnlyList<string> _files;
    private readonly StreamWriter? _writer;
    private readonly RejectedRows _counts = new();

    public RejectedRowsFile(IReadOnlyList<string> files, string? path)
    {
        _files = files;
        if (path is not null)
        {
            _writer = new StreamWriter(path);
            _writer.WriteLine("file,row,field,reason");
        }
    }

    public long Count => _counts.Count;

    public IReadOnlyList<RejectedReason> Reasons => _counts.Reasons;

    /// <summary>Takes a row.</summary>
    /// <param name="file">Which of the files.</param>
    /// <param name="row">Its number in it, from 1; a header is not counted.</param>
    /// <param name="error">Why.</param>
    public void Add(short file, long row, FieldError error)
    {
        _counts.Add(new FileRow(row, null, error));
        _writer?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Quoted(_files[file])},{row},{Quoted(error.Field)},{Quoted(error.Message)}"));
    }

    public void Dispose() => _writer?.Dispose();

    private static string Quoted(string text) => text.AsSpan().ContainsAny(',', '"', '\n')
        ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : text;
}
