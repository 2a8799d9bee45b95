using Levee.Features;

namespace Levee.Simulation;

/// <summary>Makes transactions and everything that happens to them afterwards: delivery, repetition, labels.</summary>
internal sealed class TransactionFactory
{
    private const double MinEuro = 0.5;
    private const double MaxEuro = 9_000;
    private const long MinDelay = 20_000;
    private const long MaxDelay = 800_000;
    private const double LateMeanSeconds = 180;

    private readonly SimulationOptions _options;
    private readonly CurrencyTable _currencies;
    private readonly (string Code, double EuroPerUnit)[] _money;

    public TransactionFactory(SimulationOptions options, CurrencyTable currencies)
    {
        _options = options;
        _currencies = currencies;
        _money = [.. Country.All.Select(country => Money(country.Currency))];
    }

    /// <summary>Makes a transaction.</summary>
    /// <param name="random">Takes the same number of draws whatever the outcome.</param>
    /// <param name="customer">Who pays, in truth or not.</param>
    /// <param name="merchant">Where.</param>
    /// <param name="country">Index into <see cref="Country.All"/>.</param>
    /// <param name="device">Device type.</param>
    /// <param name="euro">Amount; kept within 0.50 and 9,000.</param>
    /// <param name="timeMicros">Event time.</param>
    /// <param name="kind">What it really is.</param>
    public SimulatedTransaction Make(
        DeterministicRandom random,
        Customer customer,
        Merchant merchant,
        int country,
        string device,
        double euro,
        long timeMicros,
        FraudKind kind)
    {
        var id = random.NextGuid();
        var later = new DeterministicRandom(random.NextUInt64());
        var (currency, rate) = _money[merchant.Country];
        var cents = (long)Math.Floor((Math.Clamp(euro, MinEuro, MaxEuro) / rate * 100) + 0.5);
        var amount = new decimal((int)cents, (int)(cents >> 32), 0, false, 2);
        if (!_currencies.TryToBaseCents(amount, currency, out var baseCents))
        {
            throw new InvalidOperationException($"{amount} {currency} does not fit the base currency.");
        }

        var early = later.Chance(_options.EarlyLabelShare) && kind != FraudKind.None;
        var isLate = later.Chance(_options.LateShare);
        return new SimulatedTransaction
        {
            Transaction = new Transaction
            {
                TransactionId = id,
                CustomerId = customer.Id,
                MerchantId = merchant.Id,
                Amount = amount,
                Currency = currency,
                BaseCents = baseCents,
                EventTimeMicros = timeMicros,
                CardLast4 = customer.CardLast4,
                IsFraud = early ? true : null,
                Country = Country.All[country].Code,
                DeviceType = device,
            },
            Kind = kind,
            IsLate = isLate,
            ArrivalDelayMicros = isLate ? LateDelay(later) : (long)later.Between(MinDelay, MaxDelay),
            RepeatDelayMicros = later.Chance(_options.DuplicateShare) ? (long)(later.Between(0.05, 120) * UnixMicros.PerSecond) : null,
            Labels = Labels(later, timeMicros, kind != FraudKind.None),
        };
    }

    private static long LateDelay(DeterministicRandom random) => Math.Min(
        (15 * UnixMicros.PerSecond) + (long)(random.NextExponential(LateMeanSeconds) * UnixMicros.PerSecond), 2 * UnixMicros.PerHour);

    private LabelObservation[] Labels(DeterministicRandom random, long timeMicros, bool fraud)
    {
        var labelled = random.Chance(_options.LegitimateLabelShare) || fraud;
        if (!labelled)
        {
            return [];
        }

        var seconds = _options.LabelDelayMin.TotalSeconds + random.NextExponential(_options.LabelDelayMean.TotalSeconds);
        var observed = timeMicros + (long)(Math.Min(seconds, _options.LabelDelayMax.TotalSeconds) * UnixMicros.PerSecond);
        if (!random.Chance(_options.LabelCorrectionShare))
        {
            return [new LabelObservation(fraud, observed)];
        }

        var corrected = observed + (long)(random.Between(0.5, 5) * UnixMicros.PerDay);
        return [new LabelObservation(!fraud, observed), new LabelObservation(fraud, corrected)];
    }

    // A table without the country's currency: its merchants charge the base currency.
    private (string Code, double EuroPerUnit) Money(string currency) =>
        _currencies.TryToBaseCents(1_000m, currency, out var cents) && cents > 0
            ? (currency, cents / 100_000.0)
            : (_currencies.BaseCurrency, 1);
}
