using CsCheck;

namespace Levee.Features.Tests.Oracle;

/// <summary>
/// Random streams. Times lie on a coarse grid, so that equal times and exact window edges are common, and gaps reach from nothing to
/// beyond the longest window.
/// </summary>
internal static class Steps
{
    public static readonly long Start = UnixMicros.FromDateTimeOffset(new DateTimeOffset(2026, 2, 27, 0, 0, 0, TimeSpan.Zero));

    private const long Half = UnixMicros.PerMinute / 2;

    private static readonly Gen<long> Gap = Gen.Frequency(
        (4, Gen.Const(0L)),
        (6, Gen.Int[0, 4].Select(n => n * Half)),
        (5, Among(10 * UnixMicros.PerMinute, 29 * UnixMicros.PerMinute, UnixMicros.PerHour, UnixMicros.PerHour - 1)),
        (5, Gen.Int[0, 240].Select(n => n * Half)),
        (2, Among(UnixMicros.PerDay, UnixMicros.PerDay - UnixMicros.PerHour, UnixMicros.PerDay + 1)),
        (1, Among(7, 8, 23, 29, 30, 31).Select(days => days * UnixMicros.PerDay)),
        (1, Gen.Long[0, UnixMicros.PerDay]));

    private static readonly Gen<StepKind> Kind = Gen.Frequency(
        (10, Gen.Const(StepKind.Arrive)),
        (3, Gen.Const(StepKind.ArriveLate)),
        (2, Gen.Const(StepKind.Repeat)),
        (1, Gen.Const(StepKind.Clash)),
        (2, Gen.Const(StepKind.Ask)),
        (1, Gen.Const(StepKind.AskAboutKnown)),
        (1, Gen.Const(StepKind.Restart)),
        (2, Gen.Const(StepKind.CloseMinutes)),
        (2, Gen.Const(StepKind.Label)));

    public static readonly Gen<Step[]> Stream =
        Gen.Select(Kind, Gap, Gen.OneOf(Gen.Int[1, 40], Gen.Int[1, 5_000_000]), Gen.Int[0, 999], (kind, gap, cents, pick) => new Step(kind, gap, cents, pick))
            .Array[0, 140];

    /// <summary>The same within hours instead of weeks, so that short memories fill up.</summary>
    public static readonly Gen<Step[]> Dense =
        Stream.Select(steps => steps.Select(step => step with { Gap = step.Gap / 120 }).ToArray());

    public static Transaction Make(in Step step, int number, long time) => new()
    {
        TransactionId = new Guid(number, (short)step.Pick, 0, [1, 2, 3, 4, 5, 6, 7, 8]),
        CustomerId = 7,
        MerchantId = 1 + (step.Pick % 3),
        Amount = step.Cents / 100m,
        Currency = "EUR",
        BaseCents = step.Cents,
        EventTimeMicros = time,
        IsFraud = (step.Pick % 7) switch { 0 => true, 1 => false, _ => null },
        Country = (step.Pick % 5) switch { 0 => "DE", 1 => null, _ => "NL" },
        DeviceType = (step.Pick % 4) switch { 0 => "web", 1 => null, _ => "mobile" },
    };

    private static Gen<long> Among(params long[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
