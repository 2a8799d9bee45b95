using System.Globalization;
using System.Text;
using System.Text.Json;
using Levee.Features;

namespace Levee.Training;

/// <summary>How all folds went.</summary>
/// <param name="Folds">The folds in order, at least one.</param>
public sealed record BacktestResult(IReadOnlyList<BacktestFold> Folds)
{
    /// <summary>Area under the ROC curve.</summary>
    public MetricSummary Auc => MetricSummary.Of([.. Folds.Select(fold => fold.Auc)]);

    /// <summary>Average precision.</summary>
    public MetricSummary AveragePrecision => MetricSummary.Of([.. Folds.Select(fold => fold.AveragePrecision)]);

    /// <summary>Card precision.</summary>
    public MetricSummary CardPrecision => MetricSummary.Of([.. Folds.Select(fold => fold.CardPrecision)]);

    /// <summary>The result as JSON: <c>auc</c>, <c>average_precision</c> and <c>card_precision_100</c> as mean and std, and the folds.</summary>
    /// <param name="protocol">The protocol that was followed.</param>
    public string ToJson(BacktestProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            Write(writer, "auc", Auc);
            Write(writer, "average_precision", AveragePrecision);
            Write(writer, CardPrecisionName(protocol), CardPrecision);
            writer.WriteStartArray("folds");
            foreach (var fold in Folds)
            {
                Write(writer, fold, protocol);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, string name, MetricSummary summary)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("mean", summary.Mean);
        writer.WriteNumber("std", summary.Std);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, BacktestFold fold, BacktestProtocol protocol)
    {
        writer.WriteStartObject();
        writer.WriteString("train_start", Day(fold.Rows.FirstDay));
        writer.WriteString("test_start", Day(fold.Rows.FirstDay + protocol.TrainDays + protocol.DelayDays));
        writer.WriteNumber("train_rows", fold.Rows.Train.Count);
        writer.WriteNumber("train_frauds", fold.Rows.Train.Count(row => row.IsFraud));
        writer.WriteNumber("test_rows", fold.Rows.Test.Count);
        writer.WriteNumber("test_frauds", fold.Rows.Test.Count(row => row.IsFraud));
        writer.WriteNumber("left_out", fold.Rows.LeftOut);
        writer.WriteNumber("auc", fold.Auc);
        writer.WriteNumber("average_precision", fold.AveragePrecision);
        writer.WriteNumber(CardPrecisionName(protocol), fold.CardPrecision);
        writer.WriteEndObject();
    }

    private static string CardPrecisionName(BacktestProtocol protocol) =>
        string.Create(CultureInfo.InvariantCulture, $"card_precision_{protocol.CardsADay}");

    private static string Day(long day) =>
        UnixMicros.ToDateTimeOffset(day * UnixMicros.PerDay).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
