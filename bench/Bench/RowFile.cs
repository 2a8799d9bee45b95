using System.Runtime.InteropServices;
using Levee.Training;

namespace Levee.Bench;

/// <summary>Rows as the peers read them: floats one after the other, NaN is missing; labels as a byte a row.</summary>
internal static class RowFile
{
    public static async Task WriteAsync(string path, IReadOnlyList<TrainingRow> rows, CancellationToken stop)
    {
        await using var file = File.Create(path);
        foreach (var row in rows)
        {
            await file.WriteAsync(MemoryMarshal.AsBytes<float>(row.Features).ToArray(), stop);
        }
    }

    public static Task WriteLabelsAsync(string path, IReadOnlyList<TrainingRow> rows, CancellationToken stop) =>
        File.WriteAllBytesAsync(path, [.. rows.Select(row => row.IsFraud ? (byte)1 : (byte)0)], stop);
}
