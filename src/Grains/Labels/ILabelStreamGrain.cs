namespace Levee.Grains.Labels;

/// <summary>Marks the grain that stores labels from the stream; nobody calls it.</summary>
[Alias("levee.ILabelStreamGrain")]
internal interface ILabelStreamGrain : IGrainWithIntegerKey;
