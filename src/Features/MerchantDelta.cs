using System.Globalization;

namespace Levee.Features;

/// <summary>
/// What one commit changed in a merchant's window, as bytes: the transactions and labels that it folded, in order. See
/// <see cref="CustomerDelta"/>.
/// </summary>
public sealed class MerchantDelta : IDisposable
{
    private const byte FormatVersion = 2;

    // Labels had no amounts.
    private const byte VersionWithoutAmounts = 1;
    private const byte Fold = 1;
    private const byte FoldFraud = 2;
    private const byte Labels = 3;
    private const byte End = 4;

    private readonly MemoryStream _stream = new(128);
    private readonly BinaryWriter _writer;

    /// <summary>Nothing has changed yet.</summary>
    public MerchantDelta()
    {
        _writer = new BinaryWriter(_stream);
        _writer.Write(FormatVersion);
    }

    /// <summary>Adds a transaction that the window has accepted.</summary>
    public void Add(Transaction transaction)
    {
        _writer.Write(transaction.IsFraud == true ? FoldFraud : Fold);
        _writer.Write(transaction.TransactionId);
        _writer.Write(transaction.EventTimeMicros);
        _writer.Write7BitEncodedInt64(transaction.CustomerId);
        _writer.Write7BitEncodedInt64(transaction.BaseCents);
    }

    /// <summary>Adds the label history that the window was given.</summary>
    public void Add(LabelHistory history)
    {
        _writer.Write(Labels);
        _writer.Write(history.TransactionId);
        _writer.Write(history.EventTimeMicros);
        _writer.Write7BitEncodedInt64(history.BaseCents);
        _writer.Write7BitEncodedInt(history.Observations.Count);
        foreach (var observation in history.Observations)
        {
            _writer.Write(observation.IsFraud);
            _writer.Write(observation.ObservedMicros);
        }
    }

    /// <summary>The delta, complete.</summary>
    public byte[] ToArray()
    {
        _writer.Write(End);
        _writer.Flush();
        return _stream.ToArray();
    }

    /// <summary>Brings a window from before a delta to after it.</summary>
    /// <param name="delta">What <see cref="ToArray"/> returned.</param>
    /// <param name="window">The window as it was when the delta began.</param>
    /// <exception cref="InvalidDataException">The bytes are no such delta, or one of another window.</exception>
    public static void Replay(byte[] delta, MerchantWindow window)
    {
        using var reader = new BinaryReader(new MemoryStream(delta));
        try
        {
            var version = reader.ReadByte();
            if (version is < VersionWithoutAmounts or > FormatVersion)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Merchant delta of version {version}; this program reads versions {VersionWithoutAmounts} to {FormatVersion}."));
            }

            for (var kind = reader.ReadByte(); kind != End; kind = reader.ReadByte())
            {
                Replay(kind, reader, window, hasAmounts: version > VersionWithoutAmounts);
            }

            reader.RequireEnd();
        }
        catch (Exception exception) when (exception is IOException or FormatException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException("The merchant delta is cut off, damaged or another window's.", exception);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _writer.Dispose();

    private static void Replay(byte kind, BinaryReader reader, MerchantWindow window, bool hasAmounts)
    {
        switch (kind)
        {
            case Fold or FoldFraud:
                if (window.Fold(ReadTransaction(reader, window.MerchantId, kind == FoldFraud)).Status != FoldStatus.Folded)
                {
                    throw new FormatException("A transaction that the window has already.");
                }

                break;
            case Labels:
                window.ApplyLabels(ReadLabels(reader, hasAmounts));
                break;
            default:
                throw new FormatException($"A step of kind {kind}.");
        }
    }

    // A merchant's window looks at nothing but these; the rest only has to be there.
    private static Transaction ReadTransaction(BinaryReader reader, long merchantId, bool isFraud) => new()
    {
        MerchantId = merchantId,
        TransactionId = reader.ReadGuid(),
        EventTimeMicros = reader.ReadInt64(),
        CustomerId = reader.Read7BitEncodedInt64(),
        BaseCents = reader.Read7BitEncodedInt64(),
        IsFraud = isFraud ? true : null,
        Amount = 0m,
        Currency = "",
    };

    private static LabelHistory ReadLabels(BinaryReader reader, bool hasAmounts)
    {
        var id = reader.ReadGuid();
        var at = reader.ReadInt64();
        var cents = hasAmounts ? reader.Read7BitEncodedInt64() : 0;
        var count = reader.Read7BitEncodedInt();
        if (count < 0 || count > (reader.BaseStream.Length - reader.BaseStream.Position) / 9)
        {
            throw new FormatException("More observations than bytes.");
        }

        var observations = new LabelObservation[count];
        for (var i = 0; i < count; i++)
        {
            var isFraud = reader.ReadBoolean();
            observations[i] = new LabelObservation(isFraud, reader.ReadInt64());
        }

        return new LabelHistory(id, at, observations) { BaseCents = cents };
    }
}
