using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;

namespace Levee.Bench;

/// <summary>Has another .NET process collect its whole heap.</summary>
internal static class FullCollection
{
    // A session with this keyword begins with a full, blocking collection (GCHeapCollect in the runtime's provider).
    private const long HeapCollect = 0x800000;

    public static async Task InduceAsync(int processId, CancellationToken stop)
    {
        var runtime = new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, HeapCollect);
        using var session = await new DiagnosticsClient(processId).StartEventPipeSessionAsync([runtime], requestRundown: false, token: stop);
        var reading = session.EventStream.CopyToAsync(Stream.Null, stop);
        await session.StopAsync(stop);
        await reading;
    }
}
