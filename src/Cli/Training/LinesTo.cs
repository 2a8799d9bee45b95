namespace Levee.Cli.Training;

/// <summary>Progress as lines, at once and in order.</summary>
internal sealed class LinesTo(TextWriter writer) : IProgress<string>
{
    public void Report(string value) => writer.WriteLine($"{value}...");
}
