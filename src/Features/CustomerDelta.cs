using System.Globalization;

namespace Levee.Features;

/// <summary>
/// What one commit changed in a customer's window, as bytes: the transactions that it folded, and how far minutes are closed after it. The
/// last snapshot of a window with the deltas since, replayed in order by the same fold, is the window; so a commit writes what happened
/// and not the whole month.
/// </summary>
public sealed class CustomerDelta : IDisposable
{
    private const byte FormatVersion = 1;
    private const byte Fold = 1;
    private const byte End = 2;

    private readonly MemoryStream _stream = new(128);
    private readonly BinaryWriter _writer;

    /// <summary>Nothing has changed yet.</summary>
    public CustomerDelta()
    {
        _writer = new BinaryWriter(_stream);
        _writer.Write(FormatVersion);
    }

    [Flags]
    private enum Has : byte
    {
        Nothing = 0,
        Late = 1,
        Label = 2,
        Fraud = 4,
        Country = 8,
        Device = 16,
    }

    /// <summary>Adds a transaction that the window has accepted.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="isLate">What the fold said of it.</param>
    public void Add(Transaction transaction, bool isLate)
    {
        var has = (isLate ? Has.Late : Has.Nothing)
            | (transaction.IsFraud is null ? Has.Nothing : Has.Label)
            | (transaction.IsFraud == true ? Has.Fraud : Has.Nothing)
            | (transaction.Country is null ? Has.Nothing : Has.Country)
            | (transaction.DeviceType is null ? Has.Nothing : Has.Device);
        _writer.Write(Fold);
        _writer.Write((byte)has);
        _writer.Write(transaction.TransactionId);
        _writer.Write(transaction.EventTimeMicros);
        _writer.Write7BitEncodedInt64(transaction.BaseCents);
        _writer.Write7BitEncodedInt64(transaction.MerchantId);
        _writer.Write7BitEncodedInt64((long)(transaction.Amount * 100m));
        _writer.Write(transaction.Currency);
        if (transaction.Country is { } country)
        {
            _writer.Write(country);
        }

        if (transaction.DeviceType is { } device)
        {
            _writer.Write(device);
        }
    }

    /// <summary>The delta, complete.</summary>
    /// <param name="window">The window after all of it.</param>
    public byte[] ToArray(CustomerWindow window)
    {
        _writer.Write(End);
        _writer.Write(window.ClosedThroughMicros);
        _writer.Flush();
        return _stream.ToArray();
    }

    /// <summary>Brings a window from before a delta to after it.</summary>
    /// <param name="delta">What <see cref="ToArray"/> returned.</param>
    /// <param name="window">The window as it was when the delta began.</param>
    /// <exception cref="InvalidDataException">The bytes are no such delta, or one of another window.</exception>
    public static void Replay(byte[] delta, CustomerWindow window)
    {
        using var reader = new BinaryReader(new MemoryStream(delta));
        try
        {
            var version = reader.ReadByte();
            if (version != FormatVersion)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture, $"Customer delta of version {version}; this program reads version {FormatVersion}."));
            }

            for (var kind = reader.ReadByte(); kind != End; kind = reader.ReadByte())
            {
                if (kind != Fold)
                {
                    throw new FormatException($"A step of kind {kind}.");
                }

                var transaction = Read(reader, window.CustomerId, out var isLate);

                // Whether it was late is known, so it is not asked of a watermark again.
                if (window.Fold(transaction, isLate ? long.MaxValue : long.MinValue).Status != FoldStatus.Folded)
                {
                    throw new FormatException("A transaction that the window has already.");
                }
            }

            window.CloseMinutes(reader.ReadInt64(), []);
            reader.RequireEnd();
        }
        catch (Exception exception) when (exception is IOException or FormatException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException("The customer delta is cut off, damaged or another window's.", exception);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _writer.Dispose();

    private static Transaction Read(BinaryReader reader, long customerId, out bool isLate)
    {
        var has = (Has)reader.ReadByte();
        isLate = has.HasFlag(Has.Late);
        return new Transaction
        {
            CustomerId = customerId,
            TransactionId = reader.ReadGuid(),
            EventTimeMicros = reader.ReadInt64(),
            BaseCents = reader.Read7BitEncodedInt64(),
            MerchantId = reader.Read7BitEncodedInt64(),
            Amount = reader.Read7BitEncodedInt64() / 100m,
            Currency = SharedTexts.Of(reader.ReadString()),
            IsFraud = has.HasFlag(Has.Label) ? has.HasFlag(Has.Fraud) : null,
            Country = has.HasFlag(Has.Country) ? SharedTexts.Of(reader.ReadString()) : null,
            DeviceType = has.HasFlag(Has.Device) ? SharedTexts.Of(reader.ReadString()) : null,
        };
    }
}
