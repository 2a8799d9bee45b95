using System.Diagnostics;
using System.Runtime.InteropServices;
using Levee.Features;
using Levee.Training;

namespace Levee.Bench.Quality;

/// <summary>The handbook's own model, trained and asked by Python's XGBoost (bench/peers/xgboost-quality) on the rows of each fold.</summary>
internal static class HandbookPeer
{
    // Debian's interpreter, because the packages are Debian's; another python3 may come first in PATH.
    private const string Python = "/usr/bin/python3";

    private static readonly string[] Features =
    [
        "amount", "is_weekend", "is_night",
        "customer_transaction_count_1d", "customer_transaction_count_7d", "customer_transaction_count_30d",
        "customer_avg_amount_1d", "customer_avg_amount_7d", "customer_avg_amount_30d",
        "merchant_transaction_count_1d", "merchant_transaction_count_7d", "merchant_transaction_count_30d",
        "merchant_fraud_rate_1d", "merchant_fraud_rate_7d", "merchant_fraud_rate_30d",
    ];

    /// <summary>The same folds with the peer's scores.</summary>
    public static async Task<(BacktestResult Result, string Version)> RunAsync(
        string root, string folder, BacktestResult levee, BacktestProtocol protocol, CancellationToken stop)
    {
        var names = FeatureList.Default.Features.Select(feature => feature.Name).ToList();
        var columns = Array.ConvertAll(Features, names.IndexOf);
        foreach (var fold in levee.Folds)
        {
            await WriteAsync(Path.Combine(folder, $"train.{fold.Rows.Number}"), fold.Rows.Train, columns, stop);
            await WriteAsync(Path.Combine(folder, $"test.{fold.Rows.Number}"), fold.Rows.Test, columns, stop);
            await File.WriteAllBytesAsync(
                Path.Combine(folder, $"labels.{fold.Rows.Number}"), [.. fold.Rows.Train.Select(row => row.IsFraud ? (byte)1 : (byte)0)], stop);
        }

        var version = await ExecuteAsync(Path.Combine(root, "bench", "peers", "xgboost-quality", "peer.py"), folder, stop);
        var folds = new List<BacktestFold>();
        foreach (var fold in levee.Folds)
        {
            var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, $"scores.{fold.Rows.Number}"), stop);
            folds.Add(BacktestFold.Of(fold.Rows, MemoryMarshal.Cast<byte, double>(bytes).ToArray(), protocol));
        }

        return (new BacktestResult(folds), version);
    }

    private static async Task WriteAsync(string path, IReadOnlyList<TrainingRow> rows, int[] columns, CancellationToken stop)
    {
        var values = new float[rows.Count * columns.Length];
        for (var i = 0; i < rows.Count; i++)
        {
            for (var column = 0; column < columns.Length; column++)
            {
                values[(i * columns.Length) + column] = rows[i].Features[columns[column]];
            }
        }

        await File.WriteAllBytesAsync(path, MemoryMarshal.AsBytes<float>(values).ToArray(), stop);
    }

    private static async Task<string> ExecuteAsync(string script, string folder, CancellationToken stop)
    {
        var start = new ProcessStartInfo(Python, [script, folder]) { RedirectStandardOutput = true };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        try
        {
            var said = await process.StandardOutput.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return process.ExitCode == 0 ? said.Trim() : throw new BenchException("The XGBoost peer failed; what it said is above.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
