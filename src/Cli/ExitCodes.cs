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

    /// <summary>
    /// A comparison could not be made since nobody answered. As with diff, 1 says "different" and 2 "no answer", whatever is the reason.
    /// </summary>
    public const int NoAnswer = 2;
}
