namespace Levee.Simulation;

/// <summary>A record that the broker has taken.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Topic">Its topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Key">Its key as text.</param>
/// <param name="Value">Its bytes.</param>
/// <param name="Simulated">The transaction it is about; of a poison record, the one that was mangled; null for a label.</param>
public sealed record ProducedRecord(
    ProducedKind Kind, string Topic, int Partition, long Offset, string Key, ReadOnlyMemory<byte> Value, SimulatedTransaction? Simulated);
