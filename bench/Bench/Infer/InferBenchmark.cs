using System.Globalization;

namespace Levee.Bench.Infer;

/// <summary>
/// Scoring on one thread: the compiled trees against ML.NET's PredictionEngine and XGBoost's inplace_predict, reasons, and the slower kinds
/// of models. All take turns, a stretch each round.
/// </summary>
internal sealed class InferBenchmark(BenchArguments arguments) : IBenchmark
{
    private const int BatchRows = 1_000;
    private const int ScoredRows = 8_000;
    private const double OneMust = 2;
    private const double BatchMust = 6;

    // A sixth of what PredictionEngine does on a quiet machine.
    private const double EngineFloor = 10_000;

    // Many subjects take turns, each over millions of rows: short stretches are enough.
    private readonly TimeSpan _length = arguments.Stretch / 16;

    public async Task<Report> RunAsync(CancellationToken stop)
    {
        var measuredAt = TimeProvider.System.GetUtcNow();
        Console.WriteLine("Training the models...");
        var models = new InferModels();
        var scored = InferRows.Make(ScoredRows, seed: 7);
        using var folder = new WorkFolder();
        await using var peer = await InferPeer.StartAsync(arguments.Root, folder.Data, models.Rows, scored, InferModels.Options, stop);

        var subjects = new InferSubjects(models, [.. scored.Select(row => row.Features)], BatchRows);
        List<double> one = [], batch = [];
        for (var round = 0; round <= arguments.Rounds; round++)
        {
            foreach (var subject in subjects.All)
            {
                subject.Run(_length, isWarmUp: round == 0, stop);
            }

            var (single, many) = (await peer.OneAsync(_length, stop), await peer.BatchAsync(BatchRows, _length, stop));
            if (round > 0)
            {
                one.Add(single);
                batch.Add(many);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"round {round}: one row {Latest(subjects.One):N0} ns, batch {Latest(subjects.Batch):N0} ns, ") +
                    string.Create(CultureInfo.InvariantCulture, $"PredictionEngine {Latest(subjects.Engine):N0} ns"));
            }
        }

        return Summarize(measuredAt, models, subjects, peer, new Measure("rows/s", one), new Measure("rows/s", batch));
    }

    private static double Latest(Subject subject) => subject.Nanoseconds.Rounds[^1];

    private Report Summarize(
        DateTimeOffset measuredAt, InferModels models, InferSubjects subjects, InferPeer peer, Measure one, Measure batch)
    {
        return new Report
        {
            What = "infer",
            MeasuredAt = measuredAt,
            Machine = Machine.Current(),
            Lines =
            [
                .. subjects.One.Lines(subjects.Engine, OneMust),
                .. subjects.Batch.Lines(subjects.Engine, BatchMust),
                Comparison.Info("trees, one row, against XGBoost: rate", subjects.One.RowsPerSecond, one),
                Comparison.Info($"trees, batch of {BatchRows}, against XGBoost: rate", subjects.Batch.RowsPerSecond, batch),
                .. subjects.Others.SelectMany(subject => subject.Lines(null, null)),
            ],
            Protocol =
            [
                string.Create(CultureInfo.InvariantCulture,
                    $"One thread. {models.Trees.Trees!.TreeCount} trees with {models.Leaves:N0} leaves, {InferRows.Columns} features; ") +
                string.Create(CultureInfo.InvariantCulture,
                    $"{ScoredRows:N0} rows in turn that no model was trained on, in which every fourth feature lacks a tenth of its values."),
                "Levee: the artifact's own calls, from a vector in memory to the probability.",
                "PredictionEngine: the same model through ML.NET, without the step for missing values, one row a call also beside the batch.",
                string.Create(CultureInfo.InvariantCulture,
                    $"XGBoost {peer.Version}: {peer.Trees} trees with {peer.Leaves:N0} leaves of the same rows, inplace_predict on NumPy ") +
                "arrays with nthread 1, in a Python process of its own.",
                "Logistic regression and random forest are served by ML.NET's row mappers, the way of all models that are not compiled trees.",
                string.Create(CultureInfo.InvariantCulture,
                    $"All take turns, {_length.TotalSeconds:0.##} s each round after one round to warm up; bytes are those of the scoring thread."),
            ],
            TooBusy = subjects.Engine.RowsPerSecond.Median < EngineFloor
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"PredictionEngine itself did {subjects.Engine.RowsPerSecond.Median:N0} rows/s, below its floor of {EngineFloor:N0}.")
                : null,
        };
    }
}
