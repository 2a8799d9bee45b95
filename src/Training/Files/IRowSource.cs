namespace Levee.Training;

/// <summary>The rows of a file as texts, one after the other, whatever its format.</summary>
internal interface IRowSource : IDisposable
{
    /// <summary>Names of the columns.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False at the end.</returns>
    bool Read();

    /// <summary>Number of values in the current row.</summary>
    int Count { get; }

    /// <summary>A value of the current row, until the next one is read; empty when there is none.</summary>
    ReadOnlySpan<char> this[int column] { get; }
}
