using Levee.Features;

namespace Levee.Training;

/// <summary>One row of a file: a transaction, or why it is none.</summary>
/// <param name="Number">The row's number in the file, from 1; a header is not counted.</param>
/// <param name="Transaction">The transaction with its label; null when the row is rejected.</param>
/// <param name="Error">The first fault of a rejected row; the field is one of <see cref="ColumnMapping.Fields"/>, or "row".</param>
public readonly record struct FileRow(long Number, Transaction? Transaction, FieldError Error);
