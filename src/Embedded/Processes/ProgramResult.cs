namespace Levee.Embedded.Processes;

/// <summary>What a program that ran to its end said.</summary>
/// <param name="ExitCode">0 is success.</param>
/// <param name="Output">Standard output and standard error, in no particular order of the two.</param>
internal sealed record ProgramResult(int ExitCode, string Output);
