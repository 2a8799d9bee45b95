using System.Buffers;
using System.Text.Json;

namespace Levee.Features;

/// <summary>Writes small JSON documents without a buffer and a writer of their own for each.</summary>
public static class JsonBytes
{
    private const int InitialBytes = 512;

    [ThreadStatic]
    private static Scratch? _scratch;

    /// <summary>A document as bytes.</summary>
    /// <typeparam name="T">What it says.</typeparam>
    /// <param name="value">What it says.</param>
    /// <param name="write">Writes it, at once and without writing another document.</param>
    public static byte[] Of<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        var scratch = _scratch ??= new Scratch();
        scratch.Buffer.ResetWrittenCount();
        scratch.Writer.Reset();
        write(scratch.Writer, value);
        scratch.Writer.Flush();
        return scratch.Buffer.WrittenSpan.ToArray();
    }

    private sealed class Scratch
    {
        public Scratch() => Writer = new Utf8JsonWriter(Buffer);

        public ArrayBufferWriter<byte> Buffer { get; } = new(InitialBytes);

        public Utf8JsonWriter Writer { get; }
    }
}
