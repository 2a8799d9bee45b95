using CsCheck;
using static Levee.Storage.Tests.Support.Samples;

namespace Levee.Storage.Tests.Predictions;

public sealed class PredictionRowFormatTests
{
    private static readonly Gen<float> AnyFloat = Gen.Int.Select(BitConverter.Int32BitsToSingle);

    private static readonly Gen<PredictionRow> AnyRow = Gen.Select(
        Gen.Select(Gen.Guid, Gen.Guid.Nullable(), Gen.Long, Gen.Long, Gen.Byte.Array[1, 300].Null(), AnyFloat.Array[0, 80], Gen.String, Gen.Bool),
        Gen.Select(Gen.Double, Gen.Double, Gen.Bool, Gen.Byte.Array[0, 40], Gen.Bool, Gen.Long, Gen.Bool),
        (a, b) => new PredictionRow
        {
            PredictionId = a.Item1,
            TransactionId = a.Item2,
            CustomerId = a.Item3,
            MerchantId = a.Item4,
            EventTimeMicros = a.Item4 / 3,
            ScoredAtMicros = a.Item3 / 3,
            Request = a.Item5,
            Features = a.Item6,
            ModelVersion = a.Item7,
            FeatureHash = a.Item7 + "#",
            Served = a.Item8,
            FraudProbability = b.Item1,
            LatencyMs = b.Item2,
            MerchantOffsets = b.Item3 ? b.Item4 : null,
            MerchantVersion = b.Item5 ? b.Item6 : null,
            CustomerSequence = b.Item6,
            MerchantSequence = b.Item6 / 5,
            IsFraud = b.Item3,
            Degraded = b.Item7,
        });

    [Fact]
    public void Every_row_comes_back_to_the_bit() => AnyRow.Sample(row =>
    {
        var bytes = Write(row);
        var back = Read(bytes);

        Assert.Equal(bytes, Write(back));
        Assert.Equal(row.Request, back.Request);
        Assert.Equal(row.MerchantOffsets, back.MerchantOffsets);
        Assert.Equal(row.Features.Select(BitConverter.SingleToInt32Bits), back.Features.Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(
            row with { Request = [], Features = [], MerchantOffsets = null },
            back with { Request = [], Features = [], MerchantOffsets = null },
            ScalarsOnly);
    });

    [Fact]
    public void A_row_that_is_too_short_too_long_or_of_another_version_is_refused()
    {
        var bytes = Write(Prediction(transactionId: Guid.NewGuid()));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Read(bytes[..length]));
        }

        Assert.Throws<InvalidDataException>(() => Read([.. bytes, 0]));
        Assert.Throws<InvalidDataException>(() => Read([2, .. bytes[1..]]));
    }

    private static bool ScalarsOnly(PredictionRow a, PredictionRow b)
    {
        byte[]? request = null;
        float[] features = [];
        return a with { Request = request, Features = features } == b with { Request = request, Features = features };
    }

    private static byte[] Write(PredictionRow row)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        PredictionRowFormat.Write(writer, row);
        return stream.ToArray();
    }

    private static PredictionRow Read(byte[] bytes) => PredictionRowFormat.Read(bytes, new SpoolPart(SpoolPartKind.Payload, 0, bytes.Length));
}
