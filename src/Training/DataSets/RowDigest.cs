using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Levee.Models;

namespace Levee.Training;

/// <summary>The SHA-256 of rows: of each its transaction, event time, customer, label and vector, in order.</summary>
internal static class RowDigest
{
    public static DataSnapshot Describe(string query, IReadOnlyList<TrainingRow> train, IReadOnlyList<TrainingRow> test)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, train);
        Append(hash, test);
        return new DataSnapshot
        {
            Query = query,
            Rows = train.Count + test.Count,
            Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset()),
            From = DateTimeOffset.UnixEpoch.AddMicroseconds(train[0].EventTimeMicros),
            To = DateTimeOffset.UnixEpoch.AddMicroseconds(test[^1].EventTimeMicros),
        };
    }

    private static void Append(IncrementalHash hash, IReadOnlyList<TrainingRow> rows)
    {
        Span<byte> head = stackalloc byte[33];
        foreach (var row in rows)
        {
            row.TransactionId.TryWriteBytes(head);
            BinaryPrimitives.WriteInt64LittleEndian(head[16..], row.EventTimeMicros);
            BinaryPrimitives.WriteInt64LittleEndian(head[24..], row.CustomerId);
            head[32] = row.IsFraud ? (byte)1 : (byte)0;
            hash.AppendData(head);
            hash.AppendData(MemoryMarshal.AsBytes<float>(row.Features));
        }
    }
}
