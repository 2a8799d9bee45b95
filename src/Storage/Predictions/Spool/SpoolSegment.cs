namespace Levee.Storage;

/// <summary>A file of the spool.</summary>
/// <param name="path">Where it is.</param>
/// <param name="createdMicros">When it was begun, microseconds since the Unix epoch.</param>
internal sealed class SpoolSegment(string path, long createdMicros)
{
    public string Path { get; } = path;

    public long CreatedMicros { get; } = createdMicros;

    /// <summary>Bytes that were written.</summary>
    public long Length { get; set; }

    /// <summary>Bytes up to which it was flushed.</summary>
    public long Flushed { get; set; }

    /// <summary>Open while it is written.</summary>
    public Stream? Stream { get; set; }
}
