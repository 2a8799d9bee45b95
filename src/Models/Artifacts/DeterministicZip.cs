using System.IO.Compression;

namespace Levee.Models;

/// <summary>Zip files whose bytes depend on their content only: entries keep their order and bear one fixed time.</summary>
public static class DeterministicZip
{
    private static readonly DateTimeOffset FixedTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a zip file.</summary>
    /// <param name="entries">Name and content of each entry, in order.</param>
    public static byte[] Write(IEnumerable<(string Name, ReadOnlyMemory<byte> Content)> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
                entry.LastWriteTime = FixedTime;
                using var target = entry.Open();
                target.Write(content.Span);
            }
        }

        return stream.ToArray();
    }

    /// <summary>Rewrites a zip file so that the times of its entries are gone and the entries are ordered by name.</summary>
    /// <param name="zip">A zip file.</param>
    /// <exception cref="InvalidDataException">The bytes are not a zip file.</exception>
    public static byte[] Normalise(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip), ZipArchiveMode.Read);
        return Write(archive.Entries
            .OrderBy(e => e.FullName, StringComparer.Ordinal)
            .Select(e => (e.FullName, (ReadOnlyMemory<byte>)ReadAll(e, int.MaxValue))));
    }

    /// <summary>Reads an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="most">Most bytes it may have.</param>
    /// <exception cref="InvalidDataException">It has more.</exception>
    internal static byte[] ReadAll(ZipArchiveEntry entry, int most)
    {
        if (entry.Length > most)
        {
            throw new InvalidDataException($"{entry.FullName} has {entry.Length} bytes; at most {most} are allowed.");
        }

        using var source = entry.Open();
        var content = new byte[entry.Length];
        source.ReadExactly(content);
        return content;
    }
}
