using System.Runtime.InteropServices;

namespace Levee.Storage;

/// <summary>
/// A prediction as bytes, for the spool: a version, then the columns in the order of <see cref="PredictionRow"/>. Floats keep their bits,
/// so that parity holds for what went over the disk too. No bytes stand for no request: an empty one is no JSON.
/// </summary>
internal static class PredictionRowFormat
{
    private const byte Version = 1;

    public static void Write(BinaryWriter output, PredictionRow row)
    {
        output.Write(Version);
        Write(output, row.PredictionId);
        output.Write(row.TransactionId is not null);
        if (row.TransactionId is { } transaction)
        {
            Write(output, transaction);
        }

        output.Write(row.CustomerId);
        output.Write(row.MerchantId);
        output.Write(row.EventTimeMicros);
        output.Write(row.ScoredAtMicros);
        Write(output, row.Request ?? []);
        output.Write(row.FraudProbability);
        output.Write(row.IsFraud);
        output.Write(row.ModelVersion);
        Write(output, MemoryMarshal.AsBytes(row.Features.AsSpan()));
        output.Write(row.FeatureHash);
        output.Write(row.CustomerSequence);
        output.Write(row.MerchantSequence);
        output.Write(row.MerchantOffsets is not null);
        if (row.MerchantOffsets is { } offsets)
        {
            Write(output, offsets);
        }

        output.Write(row.MerchantVersion is not null);
        output.Write(row.MerchantVersion ?? 0);
        output.Write(row.Degraded);
        output.Write(row.LatencyMs);
        output.Write(row.Served);
    }

    /// <summary>Reads what <see cref="Write(BinaryWriter, PredictionRow)"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is of another version, or too short or too long.</exception>
    public static PredictionRow Read(byte[] file, SpoolPart payload)
    {
        try
        {
            using var input = new BinaryReader(new MemoryStream(file, payload.Start, payload.Length, writable: false));
            var version = input.ReadByte();
            var row = version == Version ? Read(input) : throw new InvalidDataException($"Format {version} is not known.");
            return input.BaseStream.Position == payload.Length ? row : throw new InvalidDataException("The row is too long.");
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidDataException("The row is too short.", exception);
        }
    }

    private static PredictionRow Read(BinaryReader input) => new()
    {
        PredictionId = ReadGuid(input),
        TransactionId = input.ReadBoolean() ? ReadGuid(input) : null,
        CustomerId = input.ReadInt64(),
        MerchantId = input.ReadInt64(),
        EventTimeMicros = input.ReadInt64(),
        ScoredAtMicros = input.ReadInt64(),
        Request = ReadBytes(input) is { Length: > 0 } request ? request : null,
        FraudProbability = input.ReadDouble(),
        IsFraud = input.ReadBoolean(),
        ModelVersion = input.ReadString(),
        Features = ReadFloats(input),
        FeatureHash = input.ReadString(),
        CustomerSequence = input.ReadInt64(),
        MerchantSequence = input.ReadInt64(),
        MerchantOffsets = input.ReadBoolean() ? ReadBytes(input) : null,
        MerchantVersion = ReadOptional(input.ReadBoolean(), input.ReadInt64()),
        Degraded = input.ReadBoolean(),
        LatencyMs = input.ReadDouble(),
        Served = input.ReadBoolean(),
    };

    private static long? ReadOptional(bool given, long value) => given ? value : null;

    private static void Write(BinaryWriter output, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        output.Write(bytes);
    }

    private static void Write(BinaryWriter output, ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes.Length);
        output.Write(bytes);
    }

    private static Guid ReadGuid(BinaryReader input)
    {
        Span<byte> bytes = stackalloc byte[16];
        input.BaseStream.ReadExactly(bytes);
        return new Guid(bytes);
    }

    private static float[] ReadFloats(BinaryReader input)
    {
        var floats = new float[Math.Clamp(input.ReadInt32(), 0, input.BaseStream.Length) / sizeof(float)];
        input.BaseStream.ReadExactly(MemoryMarshal.AsBytes(floats.AsSpan()));
        return floats;
    }

    private static byte[] ReadBytes(BinaryReader input)
    {
        var bytes = new byte[Math.Clamp(input.ReadInt32(), 0, input.BaseStream.Length)];
        input.BaseStream.ReadExactly(bytes);
        return bytes;
    }
}
