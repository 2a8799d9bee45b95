namespace Levee.Training;

/// <summary>
/// Lets one training with LightGBM at a time run in this process. LightGBM keeps its number of threads for the whole process and uses it as the
/// size of arrays: a training that begins with another number beneath one that runs has it write beyond their ends, and the process dies.
/// </summary>
internal static class LightGbmGate
{
    private static readonly SemaphoreSlim Gate = new(1, 1);

    /// <summary>Waits for the others and runs.</summary>
    /// <param name="train">Calls into LightGBM.</param>
    /// <param name="ct">Gives up waiting.</param>
    /// <exception cref="OperationCanceledException">Given up before it began.</exception>
    public static T Run<T>(Func<T> train, CancellationToken ct)
    {
        OpenMp.LetWaitingThreadsSleep();
        Gate.Wait(ct);
        try
        {
            return train();
        }
        finally
        {
            Gate.Release();
        }
    }
}
