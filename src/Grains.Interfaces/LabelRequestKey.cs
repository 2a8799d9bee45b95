namespace Levee.Grains;

/// <summary>Names a request with labels that its caller may repeat.</summary>
/// <param name="Caller">Who asks; empty when callers are not known.</param>
/// <param name="Key">The caller's key, 1 to 128 characters.</param>
/// <param name="BodyHash">SHA-256 of the request's body.</param>
/// <param name="Lifetime">How long the key means this request.</param>
[GenerateSerializer, Immutable, Alias("levee.LabelRequestKey")]
public sealed record LabelRequestKey(
    [property: Id(0)] string Caller, [property: Id(1)] string Key, [property: Id(2)] byte[] BodyHash, [property: Id(3)] TimeSpan Lifetime);
