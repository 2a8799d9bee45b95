using System.Diagnostics;

namespace Levee.Integration.Harness;

/// <summary>Ends what a test run leaves behind when it is stopped in the middle.</summary>
internal static class TestProcesses
{
    private static readonly List<Process> Started = [];

    static TestProcesses() => AppDomain.CurrentDomain.ProcessExit += (_, _) => KillAll();

    public static void Register(Process process)
    {
        lock (Started)
        {
            Started.Add(process);
        }
    }

    private static void KillAll()
    {
        lock (Started)
        {
            foreach (var process in Started)
            {
                try
                {
                    process.Kill(entireProcessTree: true);
                }
                catch (InvalidOperationException)
                {
                    // It has ended already, or was disposed after it ended.
                }
            }
        }
    }
}
