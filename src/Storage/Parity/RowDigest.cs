using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Levee.Features;

namespace Levee.Storage;

/// <summary>
/// 64 bits that stand for what a stored row says, written with it: a row that was changed afterwards, of whatever age, no longer fits. It guards
/// against accidents and against changes by hand; whoever changes a row on purpose can change its digest as well.
/// </summary>
/// <remarks>XXH3 over fixed-width little-endian fields, then each text with its length. Times count in microseconds, as PostgreSQL keeps them.</remarks>
internal static class RowDigest
{
    // The longest texts are a device type and a source, 64 characters of up to three bytes each.
    private const int Room = 512;
    private const int Absent = -1;

    /// <summary>Of a row of <c>transactions</c>: what its producer said, and the amount in the base currency.</summary>
    public static long Of(Transaction transaction)
    {
        var digest = new Fields(stackalloc byte[Room]);
        digest.Add(transaction.TransactionId);
        digest.Add(transaction.CustomerId);
        digest.Add(transaction.MerchantId);
        digest.Add((long)(transaction.Amount * 100));
        digest.Add(transaction.BaseCents);
        digest.Add(transaction.EventTimeMicros);
        digest.Add(transaction.IsFraud switch { true => 1, false => 0, null => Absent });
        digest.Add(transaction.Currency);
        digest.Add(transaction.CardLast4);
        digest.Add(transaction.Country);
        digest.Add(transaction.DeviceType);
        return digest.ToHash();
    }

    /// <summary>Of a row of <c>labels</c>: what was observed, when, by whom, and when it was taken in.</summary>
    public static long Of(LabelRow label)
    {
        var digest = new Fields(stackalloc byte[Room]);
        digest.Add(label.TransactionId);
        digest.Add(label.IsFraud ? 1 : 0);
        digest.Add(UnixMicros.FromDateTimeOffset(label.ObservedAt));
        digest.Add(UnixMicros.FromDateTimeOffset(label.RecordedAt));
        digest.Add(label.Source);
        return digest.ToHash();
    }

    private ref struct Fields(Span<byte> room)
    {
        private readonly Span<byte> _room = room;
        private int _length;

        public void Add(Guid value)
        {
            value.TryWriteBytes(_room[_length..]);
            _length += 16;
        }

        public void Add(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_room[_length..], value);
            _length += sizeof(long);
        }

        public void Add(string? value)
        {
            if (value is null)
            {
                Add(Absent);
                return;
            }

            var room = _room[(_length + sizeof(long))..];
            if (Encoding.UTF8.TryGetBytes(value, room, out var written))
            {
                Add(written);
                _length += written;
            }
            else
            {
                // Longer than any text that is taken in.
                Add((long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(value)));
            }
        }

        public readonly long ToHash() => (long)XxHash3.HashToUInt64(_room[.._length]);
    }
}
