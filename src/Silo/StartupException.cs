namespace Levee.Silo;

/// <summary>Levee cannot start; the message is one sentence that says why and what to do.</summary>
internal sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
