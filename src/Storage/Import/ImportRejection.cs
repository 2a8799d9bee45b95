namespace Levee.Storage;

/// <summary>A row that was not imported.</summary>
/// <param name="File">Which of the files, from 0.</param>
/// <param name="Row">Its number in the file, from 1.</param>
/// <param name="Field">The field that is at fault.</param>
/// <param name="Reason">Why.</param>
public readonly record struct ImportRejection(short File, long Row, string Field, string Reason);
