using System.Runtime.InteropServices;

namespace Levee.Training;

/// <summary>
/// Settings of OpenMP, with which LightGBM runs its threads. By default a thread that waits for the others spins; on a machine that is busy
/// with other work (the other silo, PostgreSQL) that takes the processor from those it waits for, and a training of seconds takes minutes.
/// Levee lets them sleep after a tenth of a millisecond instead: LightGBM's threads wait for one another tens of thousands of times in a
/// training, mostly for less than that, and to put a thread to sleep and wake it each time takes half as long again on a machine that is free.
/// </summary>
internal static partial class OpenMp
{
    private const string WaitPolicy = "OMP_WAIT_POLICY";

    // Steps of GNU's library, about a tenth of a millisecond.
    private const string SpinSteps = "3000";

    private static readonly Lock Gate = new();
    private static bool _isSet;

    /// <summary>
    /// Lets waiting threads sleep soon. Must be called before LightGBM's library is loaded, since OpenMP reads its settings then. A setting made
    /// by the user stays. .NET's own environment variables are not seen by native libraries, hence the call to the C library.
    /// </summary>
    public static void LetWaitingThreadsSleep()
    {
        lock (Gate)
        {
            if (_isSet)
            {
                return;
            }

            _isSet = true;
            if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(WaitPolicy) is null)
            {
                _ = SetEnvironment(WaitPolicy, "passive", overwrite: 0);
                _ = SetEnvironment("GOMP_SPINCOUNT", SpinSteps, overwrite: 0);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
