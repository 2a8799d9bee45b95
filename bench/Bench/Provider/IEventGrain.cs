namespace Levee.Bench.Provider;

/// <summary>A grain for each customer.</summary>
internal interface IEventGrain : IGrainWithIntegerKey;
