using Levee.Features;

namespace Levee.Simulation;

/// <summary>What fraudsters do with stolen cards. Compromised merchants are elsewhere: <see cref="CompromiseCalendar"/>.</summary>
internal sealed class FraudActivity(SimulationOptions options, Population population, TransactionFactory factory)
{
    private const double MeanStolenCard = 8;
    private const double MeanCardTesting = 8;
    private const int FirstQuietHour = 1;
    private const int QuietHours = 4;

    private readonly double _weights =
        options.StolenCardWeight + options.CompromisedMerchantWeight + options.CardTestingWeight + options.LargeOneOffWeight;

    private readonly long _shiftMicros = options.ShiftFrom is { } from ? UnixMicros.FromDateTimeOffset(from) : long.MaxValue;

    /// <summary>Longest time from a campaign's beginning to its last transaction.</summary>
    public static long LongestMicros { get; } = 2 * UnixMicros.PerHour;

    /// <summary>Share of all transactions that are fraud at compromised merchants.</summary>
    public double CompromisedShare => Share(options.CompromisedMerchantWeight);

    /// <summary>Share of all transactions that campaigns add to the purchases of the customers.</summary>
    /// <param name="timeMicros">When.</param>
    public double AddedShare(long timeMicros)
    {
        var shift = ShiftShare(timeMicros);
        return (shift * options.FraudRate) + ((1 - shift) * (options.FraudRate - CompromisedShare));
    }

    /// <summary>Begins the campaigns of a piece of time.</summary>
    /// <param name="random">Where they come from.</param>
    /// <param name="startMicros">Its begin.</param>
    /// <param name="lengthMicros">Its length, at most an hour.</param>
    /// <param name="volume">Transactions expected in it.</param>
    /// <param name="quietVolume">Transactions expected in it if days had no rhythm; null when nights are not told from days.</param>
    /// <param name="found">Takes the transactions; some may be after the piece.</param>
    public void Begin(
        DeterministicRandom random, long startMicros, long lengthMicros, double volume, double? quietVolume, Action<SimulatedTransaction> found)
    {
        var shift = ShiftShare(startMicros);
        var usual = volume * (1 - shift);
        Repeat(random, usual * Share(options.StolenCardWeight) / MeanStolenCard, () => StolenCard(random, Time(), found));
        Repeat(random, usual * Share(options.CardTestingWeight) / MeanCardTesting, () => CardTesting(random, Time(), found));
        Repeat(random, usual * Share(options.LargeOneOffWeight), () => LargeOneOff(random, Time(), found));
        var quiet = quietVolume is { } even ? even * QuietFactor(Rhythm.HourOf(startMicros)) : volume;
        Repeat(random, quiet * shift * options.FraudRate, () => Quiet(random, Time(), found));

        long Time() => startMicros + (long)(random.NextDouble() * lengthMicros);
    }

    private static double QuietFactor(long hour) =>
        Rhythm.HourOfDay(hour) is >= FirstQuietHour and < FirstQuietHour + QuietHours ? 24.0 / QuietHours : 0;

    private static void Repeat(DeterministicRandom random, double mean, Action campaign)
    {
        var count = random.NextPoisson(mean);
        for (var i = 0; i < count; i++)
        {
            campaign();
        }
    }

    private void StolenCard(DeterministicRandom random, long time, Action<SimulatedTransaction> found)
    {
        var victim = population.PickActiveCustomer(random);
        var country = random.Chance(0.7) ? random.Next(Country.All.Count) : victim.Home;
        var device = random.Chance(0.7) ? random.Pick(Population.DeviceTypes) : victim.Devices[0];
        var size = random.Between(5, 11);
        for (var i = 0; i < size; i++)
        {
            var euro = victim.UsualAmount * random.Between(1.2, 5);
            found(factory.Make(
                random, victim, population.PickAnyIn(country, random), country, device, euro, time, FraudKind.StolenCard));
            time += (long)(Math.Min(5 + random.NextExponential(85), 600) * UnixMicros.PerSecond);
        }
    }

    private void CardTesting(DeterministicRandom random, long time, Action<SimulatedTransaction> found)
    {
        var victim = population.PickActiveCustomer(random);
        var shop = population.PickMerchant(random);
        var device = random.Pick(Population.DeviceTypes);
        var size = random.Between(4, 10);
        for (var i = 0; i < size; i++)
        {
            found(factory.Make(
                random, victim, shop, victim.Home, device, random.Between(0.5, 2.5), time, FraudKind.CardTesting));
            time += (long)(random.Between(4.0, 35.0) * UnixMicros.PerSecond);
        }

        time += (long)(random.Between(60.0, 900.0) * UnixMicros.PerSecond);
        var target = population.PickAnyIn(victim.Home, random);
        found(factory.Make(
            random, victim, target, victim.Home, device, victim.UsualAmount * random.Between(4.0, 12.0), time, FraudKind.CardTesting));
    }

    private void LargeOneOff(DeterministicRandom random, long time, Action<SimulatedTransaction> found)
    {
        var victim = population.PickActiveCustomer(random);
        var country = random.Chance(0.4) ? random.Next(Country.All.Count) : victim.Home;
        var device = random.Chance(0.5) ? random.Pick(Population.DeviceTypes) : victim.Devices[0];
        var euro = victim.UsualAmount * random.Between(5.0, 15.0);
        found(factory.Make(random, victim, population.PickAnyIn(country, random), country, device, euro, time, FraudKind.LargeOneOff));
    }

    private void Quiet(DeterministicRandom random, long time, Action<SimulatedTransaction> found)
    {
        var victim = population.PickActiveCustomer(random);
        var shop = Population.PickFavourite(victim, random);
        var euro = victim.UsualAmount * random.Between(0.2, 0.4);
        found(factory.Make(random, victim, shop, victim.Home, victim.Devices[0], euro, time, FraudKind.Quiet));
    }

    private double Share(double weight) => _weights > 0 ? options.FraudRate * weight / _weights : 0;

    private double ShiftShare(long timeMicros) => timeMicros >= _shiftMicros ? options.ShiftShare : 0;
}
