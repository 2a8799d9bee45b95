namespace Levee.Storage;

/// <summary>A request that its caller may repeat.</summary>
/// <param name="Caller">Who asks: keys of different callers do not meet.</param>
/// <param name="Key">The caller's key, 1 to 128 characters.</param>
/// <param name="BodyHash">SHA-256 of what is asked.</param>
/// <param name="Lifetime">How long the key means this request.</param>
public sealed record IdempotentRequest(string Caller, string Key, byte[] BodyHash, TimeSpan Lifetime);
