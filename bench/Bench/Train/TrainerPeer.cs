using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Levee.Training;

namespace Levee.Bench.Train;

/// <summary>The XGBoost process under bench/peers; it has the rows in memory before anything is measured.</summary>
internal sealed class TrainerPeer : IAsyncDisposable
{
    // Debian's interpreter, because the packages are Debian's; another python3 may come first in PATH.
    private const string Python = "/usr/bin/python3";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Process _process;
    private readonly string _folder;

    private TrainerPeer(Process process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    public string Version { get; private set; } = "";

    public static async Task<TrainerPeer> StartAsync(string root, string folder, TrainData data, TrainingOptions options, CancellationToken stop)
    {
        await WriteAsync(folder, data, options, stop);
        var start = new ProcessStartInfo(Python, [Path.Combine(root, "bench", "peers", "xgboost-train", "peer.py"), folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        var peer = new TrainerPeer(Process.Start(start)!, folder);
        try
        {
            peer.Version = (await peer.ReadAsync(stop)).GetProperty("xgboost").GetString()!;
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
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

        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(parameters).AsMemory(), stop);
        await _process.StandardInput.FlushAsync(stop);
        var seconds = (await ReadAsync(stop)).GetProperty("seconds").GetDouble();
        var scores = await File.ReadAllBytesAsync(Path.Combine(_folder, "test.scores"), stop);
        return new TrainedPeer(seconds, MemoryMarshal.Cast<byte, double>(scores).ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It is gone already.
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<JsonElement> ReadAsync(CancellationToken stop)
    {
        var line = await _process.StandardOutput.ReadLineAsync(stop).AsTask().WaitAsync(Patience, stop)
            ?? throw new BenchException("The XGBoost peer ended; its reason is above.");
        return JsonSerializer.Deserialize<JsonElement>(line);
    }

    private static async Task WriteAsync(string folder, TrainData data, TrainingOptions options, CancellationToken stop)
    {
        await WriteRowsAsync(Path.Combine(folder, "train.f32"), data.Train, stop);
        await WriteRowsAsync(Path.Combine(folder, "test.f32"), data.Test, stop);
        await File.WriteAllBytesAsync(
            Path.Combine(folder, "train.labels"), [.. data.Train.Select(row => row.IsFraud ? (byte)1 : (byte)0)], stop);
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

    private static async Task WriteRowsAsync(string path, IReadOnlyList<TrainingRow> rows, CancellationToken stop)
    {
        await using var file = File.Create(path);
        foreach (var row in rows)
        {
            await file.WriteAsync(MemoryMarshal.AsBytes<float>(row.Features).ToArray(), stop);
        }
    }
}
