namespace Levee.Models;

/// <summary>Scored rows with what their evaluation needs.</summary>
public sealed record EvaluationSample
{
    /// <summary>Probability of each row, 0 to 1.</summary>
    public required double[] Scores { get; init; }

    /// <summary>True for fraud.</summary>
    public required bool[] Labels { get; init; }

    /// <summary>Amount of each row in the base currency.</summary>
    public required double[] Amounts { get; init; }

    /// <summary>Day of each row; only equality and order matter.</summary>
    public required long[] Days { get; init; }

    /// <summary>Card (customer) of each row: rows of one card are drawn together.</summary>
    public required long[] Cards { get; init; }

    /// <summary>A row is called fraud from this probability on.</summary>
    public required double Threshold { get; init; }

    /// <summary>What it costs to look at a row that is called fraud, in the base currency, 0 or more.</summary>
    public required double ReviewCost { get; init; }

    /// <summary>Number of rows.</summary>
    public int Count => Labels.Length;

    /// <summary>Some of the rows.</summary>
    /// <param name="rows">Their indexes.</param>
    public EvaluationSample Take(IReadOnlyList<int> rows) => this with
    {
        Scores = [.. rows.Select(row => Scores[row])],
        Labels = [.. rows.Select(row => Labels[row])],
        Amounts = [.. rows.Select(row => Amounts[row])],
        Days = [.. rows.Select(row => Days[row])],
        Cards = [.. rows.Select(row => Cards[row])],
    };
}
