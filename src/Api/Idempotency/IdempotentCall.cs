using Levee.Api.Contracts;

namespace Levee.Api.Idempotency;

/// <summary>A request that has an Idempotency-Key.</summary>
/// <param name="BodyHash">SHA-256 of its body.</param>
/// <param name="Answer">The answer, also while it is on its way.</param>
/// <param name="ExpiresAt">From then on the key means nothing.</param>
internal sealed record IdempotentCall(byte[] BodyHash, Task<LabelsAnswer> Answer, DateTimeOffset ExpiresAt);
