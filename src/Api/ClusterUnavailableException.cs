namespace Levee.Api;

/// <summary>No silo has been reached yet.</summary>
internal sealed class ClusterUnavailableException(Exception inner) : Exception("No silo has been reached yet.", inner);
