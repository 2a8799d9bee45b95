using Levee.Features;

namespace Levee.Storage;

/// <summary>A transaction of a file.</summary>
/// <param name="File">Which of the files, from 0.</param>
/// <param name="Row">Its number in the file, from 1.</param>
/// <param name="Transaction">The transaction with its early label.</param>
public readonly record struct ImportRow(short File, long Row, Transaction Transaction);
