namespace Levee.Grains;

/// <summary>Takes labels in: a stateless worker, key 0. Labels are durable when <see cref="Add"/> returns.</summary>
[Alias("levee.ILabelGrain")]
public interface ILabelGrain : IGrainWithIntegerKey
{
    /// <summary>Stores labels. A label that is already stored (same transaction, source and observed time) changes nothing.</summary>
    /// <returns>How many were new.</returns>
    [Alias("Add")]
    Task<int> Add(LabelSubmission[] labels);
}
