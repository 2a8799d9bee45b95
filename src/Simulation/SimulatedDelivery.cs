namespace Levee.Simulation;

/// <summary>One delivery of a transaction's message.</summary>
/// <param name="Simulated">The transaction.</param>
/// <param name="ArrivalMicros">Time of the delivery, microseconds since the Unix epoch.</param>
/// <param name="IsRepeat">Whether the same message was delivered before.</param>
public readonly record struct SimulatedDelivery(SimulatedTransaction Simulated, long ArrivalMicros, bool IsRepeat);
