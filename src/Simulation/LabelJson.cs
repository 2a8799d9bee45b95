using System.Buffers;
using System.Text.Json;
using Levee.Features;

namespace Levee.Simulation;

/// <summary>The message of a label on the topic of labels.</summary>
public static class LabelJson
{
    /// <summary>What labels of the simulator name as their source.</summary>
    public const string Source = "simulator";

    /// <summary>Writes <c>{"transaction_id":..., "is_fraud":0 or 1, "observed_at": ISO 8601, "source":"simulator"}</c>.</summary>
    public static byte[] Write(Guid transactionId, LabelObservation label)
    {
        var buffer = new ArrayBufferWriter<byte>(160);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("transaction_id"u8, transactionId);
            writer.WriteNumber("is_fraud"u8, label.IsFraud ? 1 : 0);
            writer.WriteString("observed_at"u8, TransactionJson.FormatTime(label.ObservedMicros));
            writer.WriteString("source"u8, Source);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
