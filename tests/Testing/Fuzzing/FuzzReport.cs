namespace Levee.Testing.Fuzzing;

/// <summary>What came of a fuzz run.</summary>
/// <param name="Answers">Number of answers by HTTP status.</param>
/// <param name="Faults">What must not have happened: 5xx, no answer in time, errors without proper problem details.</param>
public sealed record FuzzReport(IReadOnlyDictionary<int, int> Answers, IReadOnlyList<string> Faults)
{
    public int Total => Answers.Values.Sum();
}
