using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace Levee.Storage;

/// <summary>
/// Writes rows of <c>predictions</c> in PostgreSQL's binary COPY format by hand
/// (https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format"). There are so many of them, with some fifty floats each, that
/// the general writer of values takes a noticeable part of what a prediction costs.
/// </summary>
internal static class PredictionCopy
{
    private const string Statement =
        """
        COPY predictions (prediction_id, transaction_id, customer_id, merchant_id, event_time, scored_at, request, fraud_probability,
            is_fraud, model_version, features, feature_hash, customer_sequence, merchant_sequence, degraded, latency_ms, served,
            merchant_version, merchant_offsets)
        FROM STDIN (FORMAT binary)
        """;

    private const short Fields = 19;
    private const int SendBytes = 64 * 1024;
    private const int Null = -1;
    private const short Trailer = -1;
    private const int FlagsAndExtension = 8;
    private const byte JsonbVersion = 1;
    private const int RealOid = 700;
    private const int ArrayHeadBytes = 20;

    // PostgreSQL counts time from the year 2000.
    private const long PostgresEpochMicros = 946_684_800_000_000;

    private static ReadOnlySpan<byte> Signature =>
        [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0];

    /// <summary>Writes all rows, or none when something goes wrong.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, IEnumerable<PredictionRow> rows, CancellationToken cancellationToken)
    {
        var copy = await connection.BeginRawBinaryCopyAsync(Statement, cancellationToken);
        try
        {
            var buffer = new ArrayBufferWriter<byte>(SendBytes + (SendBytes / 4));
            buffer.Write(Signature);
            buffer.GetSpan(FlagsAndExtension)[..FlagsAndExtension].Clear();
            buffer.Advance(FlagsAndExtension);
            foreach (var row in rows)
            {
                Write(buffer, row);
                if (buffer.WrittenCount >= SendBytes)
                {
                    await copy.WriteAsync(buffer.WrittenMemory, cancellationToken);
                    buffer.ResetWrittenCount();
                }
            }

            WriteInt16(buffer, Trailer);
            await copy.WriteAsync(buffer.WrittenMemory, cancellationToken);
        }
        catch
        {
            await CancelAsync(copy);
            throw;
        }

        // Ends the COPY, and throws what PostgreSQL has against it.
        await copy.DisposeAsync();
    }

    private static async Task CancelAsync(NpgsqlRawCopyStream copy)
    {
        try
        {
            await copy.CancelAsync();
        }
        catch (Exception)
        {
            // The connection is gone, and the rows with it. What went wrong first is what the caller must know.
        }
    }

    private static void Write(ArrayBufferWriter<byte> buffer, PredictionRow row)
    {
        WriteInt16(buffer, Fields);
        WriteUuid(buffer, row.PredictionId);
        WriteUuid(buffer, row.TransactionId);
        WriteInt64(buffer, row.CustomerId);
        WriteInt64(buffer, row.MerchantId);
        WriteInt64(buffer, row.EventTimeMicros - PostgresEpochMicros);
        WriteInt64(buffer, row.ScoredAtMicros - PostgresEpochMicros);
        WriteJsonb(buffer, row.Request);
        WriteInt64(buffer, BitConverter.DoubleToInt64Bits(row.FraudProbability));
        WriteBoolean(buffer, row.IsFraud);
        WriteText(buffer, row.ModelVersion);
        WriteReals(buffer, row.Features);
        WriteText(buffer, row.FeatureHash);
        WriteInt64(buffer, row.CustomerSequence);
        WriteInt64(buffer, row.MerchantSequence);
        WriteBoolean(buffer, row.Degraded);
        WriteInt64(buffer, BitConverter.DoubleToInt64Bits(row.LatencyMs));
        WriteBoolean(buffer, row.Served);
        WriteInt64(buffer, row.MerchantVersion);
        WriteBytes(buffer, row.MerchantOffsets);
    }

    private static void WriteInt16(ArrayBufferWriter<byte> buffer, short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(buffer.GetSpan(sizeof(short)), value);
        buffer.Advance(sizeof(short));
    }

    private static void WriteLength(ArrayBufferWriter<byte> buffer, int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer.GetSpan(sizeof(int)), length);
        buffer.Advance(sizeof(int));
    }

    private static void WriteInt64(ArrayBufferWriter<byte> buffer, long? value)
    {
        if (value is not { } given)
        {
            WriteLength(buffer, Null);
            return;
        }

        WriteLength(buffer, sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(sizeof(long)), given);
        buffer.Advance(sizeof(long));
    }

    private static void WriteBoolean(ArrayBufferWriter<byte> buffer, bool value)
    {
        WriteLength(buffer, 1);
        buffer.Write([value ? (byte)1 : (byte)0]);
    }

    private static void WriteUuid(ArrayBufferWriter<byte> buffer, Guid? value)
    {
        const int uuidBytes = 16;
        if (value is not { } given)
        {
            WriteLength(buffer, Null);
            return;
        }

        WriteLength(buffer, uuidBytes);
        given.TryWriteBytes(buffer.GetSpan(uuidBytes), bigEndian: true, out var written);
        buffer.Advance(written);
    }

    private static void WriteText(ArrayBufferWriter<byte> buffer, string value)
    {
        WriteLength(buffer, Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, buffer);
    }

    private static void WriteBytes(ArrayBufferWriter<byte> buffer, byte[]? value)
    {
        WriteLength(buffer, value?.Length ?? Null);
        buffer.Write(value);
    }

    private static void WriteJsonb(ArrayBufferWriter<byte> buffer, byte[]? json)
    {
        if (json is null)
        {
            WriteLength(buffer, Null);
            return;
        }

        WriteLength(buffer, 1 + json.Length);
        buffer.Write([JsonbVersion]);
        buffer.Write(json);
    }

    /// <summary>An array: dimensions, whether there are nulls, the element type, then the dimension's length and lower bound.</summary>
    private static void WriteReals(ArrayBufferWriter<byte> buffer, float[] values)
    {
        const int elementBytes = sizeof(int) + sizeof(float);
        var length = ArrayHeadBytes + (values.Length * elementBytes);
        WriteLength(buffer, length);
        var span = buffer.GetSpan(length);
        BinaryPrimitives.WriteInt32BigEndian(span, 1);
        BinaryPrimitives.WriteInt32BigEndian(span[4..], 0);
        BinaryPrimitives.WriteInt32BigEndian(span[8..], RealOid);
        BinaryPrimitives.WriteInt32BigEndian(span[12..], values.Length);
        BinaryPrimitives.WriteInt32BigEndian(span[16..], 1);
        var element = span[ArrayHeadBytes..];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt32BigEndian(element, sizeof(float));
            BinaryPrimitives.WriteSingleBigEndian(element[sizeof(int)..], value);
            element = element[elementBytes..];
        }

        buffer.Advance(length);
    }
}
