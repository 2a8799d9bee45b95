namespace Levee.Grains.Tracking;

/// <summary>MLflow refused a request or did not answer.</summary>
internal sealed class MlflowException(string message, Exception? cause = null) : Exception(message, cause);
