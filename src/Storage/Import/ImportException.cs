namespace Levee.Storage;

/// <summary>An import cannot go on; the message says why in one sentence.</summary>
public sealed class ImportException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ImportException(string message)
        : base(message)
    {
    }
}
