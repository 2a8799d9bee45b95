namespace Levee.Training;

/// <summary>A training parameter is unknown, malformed or out of range; the message names it.</summary>
public sealed class TrainingParameterException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong with which parameter.</param>
    public TrainingParameterException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong with which parameter.</param>
    /// <param name="innerException">The cause.</param>
    public TrainingParameterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
