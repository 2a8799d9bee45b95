namespace Levee.Grains;

/// <summary>Takes labels in: a stateless worker, key 0. Labels are durable when <see cref="Add"/> returns.</summary>
[Alias("levee.ILabelGrain")]
public interface ILabelGrain : IGrainWithIntegerKey
{
    /// <summary>Stores labels. A label that is already stored (same transaction, source and observed time) changes nothing.</summary>
    /// <returns>How many were new.</returns>
    [Alias("Add")]
    Task<int> Add(LabelSubmission[] labels);

    /// <summary>Stores labels once for each key of a caller, whichever process and silo the request and its repeats reach.</summary>
    /// <returns>How many were new the first time; null when the key was used with another body.</returns>
    [Alias("AddOnce")]
    Task<int?> AddOnce(LabelRequestKey key, LabelSubmission[] labels);
}
