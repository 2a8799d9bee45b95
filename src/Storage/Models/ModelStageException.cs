namespace Levee.Storage;

/// <summary>A version cannot go to a stage; the message says why.</summary>
public sealed class ModelStageException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Why, in a sentence for the one who asked.</param>
    public ModelStageException(string message)
        : base(message)
    {
    }
}
