using Levee.Storage;
using Levee.Training;

namespace Levee.Grains.Models;

/// <summary>A training that ends as a registered version.</summary>
public sealed record TrainingRequest
{
    /// <summary>The run; the same one again gives the same version.</summary>
    public required Guid RunId { get; init; }

    /// <summary>What kind of run: "first", "train", "retrain" or "ensemble".</summary>
    public required string Kind { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string Who { get; init; }

    /// <summary>Why, for the registry's history.</summary>
    public required string Why { get; init; }

    /// <summary>The stage that the version goes to.</summary>
    public required ModelStage Stage { get; init; }

    /// <summary>
    /// When the rows were read from the database, for table <c>training_features</c>. Null when they are not to be written there: their windows
    /// were not full, or they were not read from it.
    /// </summary>
    public DateTimeOffset? RowsReadAt { get; init; }

    /// <summary>How to train.</summary>
    public required TrainingOptions Options { get; init; }
}
