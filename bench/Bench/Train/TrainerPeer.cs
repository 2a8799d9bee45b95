using System.Runtime.InteropServices;
using System.Text.Json;
using Levee.Training;

namespace Levee.Bench.Train;

/// <summary>The XGBoost process under bench/peers; it has the rows in memory before anything is measured.</summary>
internal sealed class TrainerPeer : IAsyncDisposable
{
    private readonly PythonPeer _peer;
    private readonly string _folder;

    private TrainerPeer(PythonPeer peer, string folder)
    {
        _peer = peer;
        _folder = folder;
    }

    public string Version => _peer.Greeting.GetProperty("xgboost").GetString()!;

    public static async Task<TrainerPeer> StartAsync(string root, string folder, TrainData data, TrainingOptions options, CancellationToken stop)
    {
        await WriteAsync(folder, data, options, stop);
        return new TrainerPeer(await PythonPeer.StartAsync(root, "xgboost-train", folder, stop), folder);
    }

    /// <summary>Trains once and scores the test rows.</summary>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="baseScore">The probability that it starts from; null for XGBoost's own default.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<TrainedPeer> TrainAsync(int seed, double? baseScore, CancellationToken stop)
    {
        var parameters = new Dictionary<string, object> { ["seed"] = seed };
        if (baseScore is { } start)
        {
            parameters["base_score"] = start;
        }

        var seconds = (await _peer.AskAsync(JsonSerializer.Serialize(parameters), stop)).GetProperty("seconds").GetDouble();
        var scores = await File.ReadAllBytesAsync(Path.Combine(_folder, "test.scores"), stop);
        return new TrainedPeer(seconds, MemoryMarshal.Cast<byte, double>(scores).ToArray());
    }

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    private static async Task WriteAsync(string folder, TrainData data, TrainingOptions options, CancellationToken stop)
    {
        await RowFile.WriteAsync(Path.Combine(folder, "train.f32"), data.Train, stop);
        await RowFile.WriteAsync(Path.Combine(folder, "test.f32"), data.Test, stop);
        await RowFile.WriteLabelsAsync(Path.Combine(folder, "train.labels"), data.Train, stop);
        var parameters = new Dictionary<string, object>
        {
            ["columns"] = data.Columns,
            ["trees"] = options.Trees,
            ["tree_method"] = "hist",
            ["objective"] = "binary:logistic",
            ["max_depth"] = options.MaxDepth,
            ["max_bin"] = options.MaxBins,
            ["learning_rate"] = options.LearningRate,
            ["subsample"] = options.Subsample,
            ["colsample_bytree"] = options.ColumnSample,
            ["min_child_weight"] = options.MinChildWeight,
            ["reg_lambda"] = options.L2,
            ["reg_alpha"] = options.L1,
            ["nthread"] = options.Threads,
        };
        await File.WriteAllBytesAsync(Path.Combine(folder, "params.json"), JsonSerializer.SerializeToUtf8Bytes(parameters), stop);
    }
}
