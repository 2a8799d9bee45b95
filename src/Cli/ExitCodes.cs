namespace Levee.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCodes
{
    /// <summary>Done, or stopped by a signal as intended.</summary>
    public const int Success = 0;

    /// <summary>Tried and failed; the reason is on standard error.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;
}
