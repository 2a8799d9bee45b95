namespace Levee.Cli;

/// <summary>A command failed; the message is what the user reads.</summary>
internal sealed class CliException : Exception
{
    public CliException(string message)
        : base(message)
    {
    }

    public CliException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>What the process ends with: one of <see cref="ExitCodes"/>.</summary>
    public int Code { get; init; } = ExitCodes.Failure;
}
