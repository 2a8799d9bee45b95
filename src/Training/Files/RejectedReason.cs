namespace Levee.Training;

/// <summary>Why rows of a file were rejected.</summary>
/// <param name="Field">The field that was at fault, or "row".</param>
/// <param name="Message">What was expected.</param>
/// <param name="Count">Number of rows.</param>
/// <param name="FirstRows">The first of them, by their numbers in the file.</param>
public sealed record RejectedReason(string Field, string Message, long Count, IReadOnlyList<long> FirstRows);
