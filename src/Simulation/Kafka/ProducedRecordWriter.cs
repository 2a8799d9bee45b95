using System.Buffers;
using System.Text.Json;

namespace Levee.Simulation;

/// <summary>
/// Writes what was produced as JSON lines: kind, topic, partition, offset, key, value (base64), and of a transaction what it really was and
/// whether it was late.
/// </summary>
public sealed class ProducedRecordWriter : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Stream _output;

    /// <summary>Creates or empties a file.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public ProducedRecordWriter(string path)
        : this(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16))
    {
    }

    /// <summary>Writes to a stream, which is closed at the end.</summary>
    public ProducedRecordWriter(Stream output) => _output = output;

    /// <summary>Appends a record. Safe from several threads.</summary>
    public void Write(ProducedRecord record)
    {
        lock (_lock)
        {
            _line.ResetWrittenCount();
            using (var writer = new Utf8JsonWriter(_line))
            {
                writer.WriteStartObject();
                writer.WriteString("kind"u8, record.Kind.ToString());
                writer.WriteString("topic"u8, record.Topic);
                writer.WriteNumber("partition"u8, record.Partition);
                writer.WriteNumber("offset"u8, record.Offset);
                writer.WriteString("key"u8, record.Key);
                writer.WriteBase64String("value"u8, record.Value.Span);
                if (record is { Simulated: { } simulated, Kind: not ProducedKind.Poison })
                {
                    writer.WriteString("fraud_kind"u8, simulated.Kind.ToString());
                    writer.WriteBoolean("late"u8, simulated.IsLate);
                }

                writer.WriteEndObject();
            }

            _line.Write("\n"u8);
            _output.Write(_line.WrittenSpan);
        }
    }

    /// <summary>Writes out what is buffered and closes.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _output.Dispose();
        }
    }
}
