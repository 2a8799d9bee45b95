namespace Levee.Models;

/// <summary>A model artifact that must not be served: damaged, of another feature list, or not equal to the model it was made from.</summary>
public sealed class ModelArtifactException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong.</param>
    public ModelArtifactException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="innerException">The cause.</param>
    public ModelArtifactException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
