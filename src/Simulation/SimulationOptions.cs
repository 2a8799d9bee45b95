using System.Globalization;

namespace Levee.Simulation;

/// <summary>
/// What is simulated. Everything simulated is a function of these settings: neither the machine nor the clock has a part in it.
/// </summary>
public sealed class SimulationOptions
{
    /// <summary>The number that everything random comes from. Defaults to 42.</summary>
    public long Seed { get; set; } = 42;

    /// <summary>Number of customers, with the ids 1 to this; 1 to 10,000,000. Defaults to 1,000.</summary>
    public int Customers { get; set; } = 1_000;

    /// <summary>Number of merchants, with the ids 1 to this; 1 to 1,000,000. Defaults to 500.</summary>
    public int Merchants { get; set; } = 500;

    /// <summary>First event time of a history. Defaults to 2026-01-01 UTC.</summary>
    public DateTimeOffset Start { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Length of a history in days, 1 to 3,660. More days continue fewer days: the common part is the same. Defaults to 60.</summary>
    public int Days { get; set; } = 60;

    /// <summary>Mean number of transactions of a customer in a day of a history, above 0, at most 10,000. Defaults to 2.5.</summary>
    public double TransactionsPerCustomerDay { get; set; } = 2.5;

    /// <summary>Share of transactions that are fraud, 0 to 0.2. Defaults to 0.008.</summary>
    public double FraudRate { get; set; } = 0.008;

    /// <summary>Weight of stolen cards among the frauds, at least 0. Defaults to 0.4.</summary>
    public double StolenCardWeight { get; set; } = 0.4;

    /// <summary>Weight of compromised merchants among the frauds, at least 0. Defaults to 0.15.</summary>
    public double CompromisedMerchantWeight { get; set; } = 0.15;

    /// <summary>Weight of card testing among the frauds, at least 0. Defaults to 0.25.</summary>
    public double CardTestingWeight { get; set; } = 0.25;

    /// <summary>Weight of large single purchases among the frauds, at least 0. Defaults to 0.2.</summary>
    public double LargeOneOffWeight { get; set; } = 0.2;

    /// <summary>
    /// From this event time on fraud changes its pattern to <see cref="FraudKind.Quiet"/>; null, the default, for never. Everything before
    /// it, and every legitimate purchase after it, stays the same.
    /// </summary>
    public DateTimeOffset? ShiftFrom { get; set; }

    /// <summary>Share of the frauds from <see cref="ShiftFrom"/> on that follow the changed pattern, 0 to 1. Defaults to 1.</summary>
    public double ShiftShare { get; set; } = 1;

    /// <summary>Share of transactions that arrive late, 15 seconds to 2 hours after their event, 0 to 1. Defaults to 0.01.</summary>
    public double LateShare { get; set; } = 0.01;

    /// <summary>Share of transactions that are delivered a second time within two minutes, 0 to 1. Defaults to 0.002.</summary>
    public double DuplicateShare { get; set; } = 0.002;

    /// <summary>Share of frauds whose message carries an early label, is_fraud = 1; 0 to 1. Defaults to 0: labels come later.</summary>
    public double EarlyLabelShare { get; set; }

    /// <summary>Share of legitimate transactions that get a label too, 0 to 1; frauds always do. Defaults to 0.05.</summary>
    public double LegitimateLabelShare { get; set; } = 0.05;

    /// <summary>Share of labels that are wrong at first and corrected within days, 0 to 1. Defaults to 0.01.</summary>
    public double LabelCorrectionShare { get; set; } = 0.01;

    /// <summary>Shortest time from an event to its label, at least zero. Defaults to 30 minutes.</summary>
    public TimeSpan LabelDelayMin { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Mean of the exponentially distributed time beyond <see cref="LabelDelayMin"/>, at least zero. Defaults to 2 days, which labels 97 %
    /// within the 7 days that features wait.
    /// </summary>
    public TimeSpan LabelDelayMean { get; set; } = TimeSpan.FromDays(2);

    /// <summary>Longest time from an event to its label, at least <see cref="LabelDelayMin"/>. Defaults to 30 days.</summary>
    public TimeSpan LabelDelayMax { get; set; } = TimeSpan.FromDays(30);

    /// <summary>What is wrong with the settings, one sentence each, beginning with the setting's name.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new List<string>();
        Range(errors, nameof(Customers), Customers, 1, 10_000_000);
        Range(errors, nameof(Merchants), Merchants, 1, 1_000_000);
        Range(errors, nameof(Days), Days, 1, 3_660);
        Range(errors, nameof(TransactionsPerCustomerDay), TransactionsPerCustomerDay, 1e-6, 10_000);
        Range(errors, nameof(FraudRate), FraudRate, 0, 0.2);
        Range(errors, nameof(ShiftShare), ShiftShare, 0, 1);
        Range(errors, nameof(LateShare), LateShare, 0, 1);
        Range(errors, nameof(DuplicateShare), DuplicateShare, 0, 1);
        Range(errors, nameof(EarlyLabelShare), EarlyLabelShare, 0, 1);
        Range(errors, nameof(LegitimateLabelShare), LegitimateLabelShare, 0, 1);
        Range(errors, nameof(LabelCorrectionShare), LabelCorrectionShare, 0, 1);
        Range(errors, nameof(StolenCardWeight), StolenCardWeight, 0, 1e6);
        Range(errors, nameof(CompromisedMerchantWeight), CompromisedMerchantWeight, 0, 1e6);
        Range(errors, nameof(CardTestingWeight), CardTestingWeight, 0, 1e6);
        Range(errors, nameof(LargeOneOffWeight), LargeOneOffWeight, 0, 1e6);
        Range(errors, nameof(LabelDelayMin), LabelDelayMin.TotalDays, 0, 3_660);
        Range(errors, nameof(LabelDelayMean), LabelDelayMean.TotalDays, 0, 3_660);
        Range(errors, nameof(LabelDelayMax), LabelDelayMax.TotalDays, LabelDelayMin.TotalDays, 3_660);
        if (FraudRate > 0 && StolenCardWeight + CompromisedMerchantWeight + CardTestingWeight + LargeOneOffWeight <= 0)
        {
            errors.Add("The weights of all kinds of fraud are 0: at least one must be above, or FraudRate must be 0.");
        }

        if (Start.Year is < 2001 or > 9000)
        {
            errors.Add($"{nameof(Start)} must be in the years 2001 to 9000.");
        }

        return errors;
    }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">A setting is out of range; the message names each.</exception>
    public void Validate()
    {
        var errors = Errors();
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', errors));
        }
    }

    private static void Range(List<string> errors, string name, double value, double min, double max)
    {
        // Written so that NaN fails.
        if (!(value >= min && value <= max))
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"{name} must be {min} to {max}, not {value}."));
        }
    }
}
