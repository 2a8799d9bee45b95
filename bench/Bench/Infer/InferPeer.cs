using System.Globalization;
using System.Text.Json;
using Levee.Training;

namespace Levee.Bench.Infer;

/// <summary>XGBoost's inplace_predict in a process of its own, on one thread.</summary>
internal sealed class InferPeer : IAsyncDisposable
{
    private readonly PythonPeer _peer;

    private InferPeer(PythonPeer peer) => _peer = peer;

    public string Version => _peer.Greeting.GetProperty("xgboost").GetString()!;

    public int Trees => _peer.Greeting.GetProperty("trees").GetInt32();

    public int Leaves => _peer.Greeting.GetProperty("leaves").GetInt32();

    public static async Task<InferPeer> StartAsync(
        string root,
        string folder,
        IReadOnlyList<TrainingRow> train,
        IReadOnlyList<TrainingRow> scored,
        TrainingOptions options,
        CancellationToken stop)
    {
        await RowFile.WriteAsync(Path.Combine(folder, "train.f32"), train, stop);
        await RowFile.WriteLabelsAsync(Path.Combine(folder, "train.labels"), train, stop);
        await RowFile.WriteAsync(Path.Combine(folder, "score.f32"), scored, stop);
        var parameters = new Dictionary<string, object>
        {
            ["columns"] = InferRows.Columns,
            ["trees"] = options.Trees,
            ["tree_method"] = "hist",
            ["objective"] = "binary:logistic",
            ["grow_policy"] = "lossguide",
            ["max_leaves"] = options.Leaves,
            ["max_depth"] = 0,
            ["max_bin"] = 256,
            ["learning_rate"] = options.LearningRate,
            ["min_child_weight"] = options.MinChildWeight,
            ["seed"] = options.Seed,
        };
        await File.WriteAllBytesAsync(Path.Combine(folder, "params.json"), JsonSerializer.SerializeToUtf8Bytes(parameters), stop);
        return new InferPeer(await PythonPeer.StartAsync(root, "xgboost-infer", folder, stop));
    }

    /// <summary>Rows a second, one row a call.</summary>
    public Task<double> OneAsync(TimeSpan length, CancellationToken stop) => AskAsync($"one {Seconds(length)}", stop);

    /// <summary>Rows a second, several rows a call.</summary>
    public Task<double> BatchAsync(int rows, TimeSpan length, CancellationToken stop) => AskAsync($"batch {rows} {Seconds(length)}", stop);

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    private static string Seconds(TimeSpan length) => length.TotalSeconds.ToString("R", CultureInfo.InvariantCulture);

    private async Task<double> AskAsync(string command, CancellationToken stop)
    {
        var answer = await _peer.AskAsync(command, stop);
        return answer.GetProperty("rows").GetInt64() / answer.GetProperty("seconds").GetDouble();
    }
}
