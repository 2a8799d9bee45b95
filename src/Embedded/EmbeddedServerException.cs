namespace Levee.Embedded;

/// <summary>An embedded server cannot do what was asked; the message is one sentence for the person who started it.</summary>
public sealed class EmbeddedServerException(string message, Exception? inner = null) : Exception(message, inner);
