using System.Globalization;
using System.Runtime.InteropServices;

namespace Levee.Training;

/// <summary>
/// Settings of OpenMP, with which LightGBM runs its threads. By default a thread that waits for the others spins; on a machine that is busy
/// with other work (the other silo, PostgreSQL) that takes the processor from those it waits for, and a training of seconds takes minutes.
/// Levee lets them sleep after a while instead. How long a while depends on what the process is for: LightGBM's threads wait for one another
/// tens of thousands of times in a training, and to put a thread to sleep and wake it each time takes half as long again, or twice as long, on a
/// machine that is free.
/// </summary>
public static partial class OpenMp
{
    private const string WaitPolicy = "OMP_WAIT_POLICY";

    // Steps of GNU's library, about a tenth of a millisecond and a millisecond. The handbook's month on two processors: 4 to 8 s and 4.1 s
    // on a free machine, 10 s and 9 to 36 s beside two threads that always run.
    private const int StepsBesideOtherWork = 3_000;
    private const int StepsWhereTrainingComesFirst = 30_000;

    private static readonly Lock Gate = new();
    private static bool _isSet;

    /// <summary>
    /// Says that this process is there to train, as <c>levee train</c> is: its threads spin longer before they sleep. Must be called before the
    /// first training. A setting made by the user stays.
    /// </summary>
    public static void TrainingComesFirst() => LetWaitingThreadsSleep(StepsWhereTrainingComesFirst);

    /// <summary>
    /// Lets waiting threads sleep soon, unless <see cref="TrainingComesFirst"/> was called. Must be called before LightGBM's library is loaded,
    /// since OpenMP reads its settings then. A setting made by the user stays.
    /// </summary>
    internal static void LetWaitingThreadsSleep() => LetWaitingThreadsSleep(StepsBesideOtherWork);

    // .NET's own environment variables are not seen by native libraries, hence the call to the C library.
    private static void LetWaitingThreadsSleep(int steps)
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
                _ = SetEnvironment("GOMP_SPINCOUNT", steps.ToString(CultureInfo.InvariantCulture), overwrite: 0);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
