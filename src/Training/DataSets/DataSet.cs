namespace Levee.Training;

/// <summary>Training rows with what says what they mean: the content of a snapshot.</summary>
public sealed record DataSet
{
    /// <summary>Where the rows came from, such as a query or a file name with its column mapping.</summary>
    public required string Query { get; init; }

    /// <summary>Names of the features in the order of the vectors, unique.</summary>
    public required IReadOnlyList<string> FeatureNames { get; init; }

    /// <summary>Hash of the feature list that the vectors were computed with.</summary>
    public required string FeatureHash { get; init; }

    /// <summary>The rows, in the order of their event times.</summary>
    public required IReadOnlyList<TrainingRow> Rows { get; init; }
}
