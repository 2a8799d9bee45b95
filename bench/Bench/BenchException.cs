namespace Levee.Bench;

/// <summary>A reason, fit to be read by a person, why there are no figures.</summary>
internal sealed class BenchException(string message, int exitCode = ExitCodes.CannotRun) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
