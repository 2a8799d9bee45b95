namespace Levee.Features;

/// <summary>What is wrong with one field of an input.</summary>
/// <param name="Field">The field's name as the sender wrote it.</param>
/// <param name="Message">What was expected.</param>
public readonly record struct FieldError(string Field, string Message);
