using Prometheus;

namespace Levee.Grains.Streams;

/// <summary>What the grains did with the records that reached them.</summary>
internal static class StreamMetrics
{
    private static readonly Counter Records = Metrics.CreateCounter(
        "levee_records_total",
        "Records that reached a grain, by kind (customer, merchant) and outcome (folded, duplicate, conflict, redelivered, unknown: replayed and left).",
        "kind",
        "outcome");

    public static readonly Counter.Child CustomerFolded = Records.WithLabels("customer", "folded");
    public static readonly Counter.Child CustomerDuplicate = Records.WithLabels("customer", "duplicate");
    public static readonly Counter.Child CustomerConflict = Records.WithLabels("customer", "conflict");
    public static readonly Counter.Child CustomerRedelivered = Records.WithLabels("customer", "redelivered");
    public static readonly Counter.Child CustomerUnknown = Records.WithLabels("customer", "unknown");
    public static readonly Counter.Child MerchantFolded = Records.WithLabels("merchant", "folded");
    public static readonly Counter.Child MerchantDuplicate = Records.WithLabels("merchant", "duplicate");
    public static readonly Counter.Child MerchantConflict = Records.WithLabels("merchant", "conflict");
    public static readonly Counter.Child MerchantRedelivered = Records.WithLabels("merchant", "redelivered");
    public static readonly Counter.Child MerchantUnknown = Records.WithLabels("merchant", "unknown");

    private static readonly Gauge InMemory = Metrics.CreateGauge(
        "levee_grains_in_memory", "Customers and merchants that are active in this silo (Levee:Cluster:IdleMinutes bounds how long).", "kind");

    public static readonly Gauge.Child CustomersInMemory = InMemory.WithLabels("customer");
    public static readonly Gauge.Child MerchantsInMemory = InMemory.WithLabels("merchant");

    public static readonly Counter LabelsRepeated = Metrics.CreateCounter(
        "idempotency_replays_total", "Requests with labels whose Idempotency-Key had been used.");

    public static readonly Counter Late = Metrics.CreateCounter(
        "levee_late_transactions_total", "Transactions whose 1-minute window had ended when they arrived.");

    public static readonly Counter VersionConflicts = Metrics.CreateCounter(
        "levee_state_version_conflicts_total", "Commits refused because another activation had written the state.", "kind");

    public static readonly Counter LabelsFolded = Metrics.CreateCounter(
        "levee_labels_folded_total", "Labels folded into merchant windows.");

    public static readonly Counter ScoresDropped = Metrics.CreateCounter(
        "levee_scores_dropped_total", "Scores of arriving transactions that were not published because their topic does not exist.");

    public static readonly Counter Degraded = Metrics.CreateCounter(
        "levee_degraded_predictions_total", "Predictions made without the customer's or merchant's history.");
}
