using Levee.Training;
using Spectre.Console;

namespace Levee.Cli.Commands;

/// <summary>Shows how far a backtest is: two bars on a terminal, nothing elsewhere.</summary>
internal sealed class BacktestProgress
{
    private readonly ProgressTask? _folds;

    private BacktestProgress(ProgressTask? read, ProgressTask? folds)
    {
        _folds = folds;
        Reading = new Bar(read);
    }

    /// <summary>Is told how much of the file has been read, 0 to 1.</summary>
    public IProgress<double> Reading { get; }

    /// <summary>Is told each fold.</summary>
    public void Done(BacktestFold fold) => _folds?.Increment(1);

    /// <summary>Runs something with bars on the screen.</summary>
    public static async Task<T> RunAsync<T>(TextWriter output, BacktestProtocol protocol, Func<BacktestProgress, T> work)
    {
        if (!Screen.IsInteractive(output))
        {
            return await Task.Run(() => work(new BacktestProgress(null, null)));
        }

        return await Screen.Of(output).Progress().AutoClear(true).StartAsync(context => Task.Run(() => work(new BacktestProgress(
            context.AddTask("Reading and folding", maxValue: 1),
            context.AddTask("Training and testing", maxValue: protocol.Folds)))));
    }

    private sealed class Bar(ProgressTask? task) : IProgress<double>
    {
        public void Report(double value)
        {
            if (task is not null)
            {
                task.Value = value;
            }
        }
    }
}
