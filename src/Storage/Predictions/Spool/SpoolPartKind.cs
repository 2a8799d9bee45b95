namespace Levee.Storage;

/// <summary>What a stretch of a spool file is.</summary>
internal enum SpoolPartKind
{
    /// <summary>A whole payload.</summary>
    Payload,

    /// <summary>Bytes that are not what was written.</summary>
    Corrupt,

    /// <summary>The beginning of a frame at the file's end: the writer was killed there.</summary>
    Torn,
}
