using System.Globalization;
using System.Text;

namespace Levee.Testing.Fuzzing;

/// <summary>What came of a fuzz run.</summary>
/// <param name="Answers">Number of answers by HTTP status.</param>
/// <param name="Faults">What must not have happened: 5xx, no answer in time, errors without proper problem details.</param>
public sealed record FuzzReport(IReadOnlyDictionary<int, int> Answers, IReadOnlyList<string> Faults)
{
    // The soak script asks for a table.
    private const string ResultsVariable = "LEVEE_FUZZ_RESULTS";

    public int Total => Answers.Values.Sum();

    /// <summary>Appends the run to the table that the environment names, if it names one.</summary>
    /// <param name="what">What was sent to.</param>
    public Task AppendAsync(string what)
    {
        if (Environment.GetEnvironmentVariable(ResultsVariable) is not { Length: > 0 } file)
        {
            return Task.CompletedTask;
        }

        var answers = string.Join(", ", Answers.OrderBy(answer => answer.Key).Select(
            answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Value:N0} of {answer.Key}")));
        var line = string.Create(CultureInfo.InvariantCulture, $"| {what} | {Total:N0} | {answers} | {Faults.Count} |\n");
        return File.AppendAllTextAsync(file, line, Encoding.UTF8);
    }
}
