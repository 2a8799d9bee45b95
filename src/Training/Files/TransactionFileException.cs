namespace Levee.Training;

/// <summary>A file of transactions cannot be read at all: it is absent, of no known format, damaged, or lacks a column.</summary>
public sealed class TransactionFileException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One sentence that names the file and what is wrong.</param>
    public TransactionFileException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">One sentence that names the file and what is wrong.</param>
    /// <param name="cause">What the library that reads the format said.</param>
    public TransactionFileException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
