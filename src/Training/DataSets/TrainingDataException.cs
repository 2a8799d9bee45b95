namespace Levee.Training;

/// <summary>The data does not allow a training: too few rows, too few frauds, one class only, or rows out of order.</summary>
public sealed class TrainingDataException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and what would be needed.</param>
    public TrainingDataException(string message)
        : base(message)
    {
    }
}
