using System.Diagnostics;
using Levee.Integration.Harness;

/// <summary>
/// Runs in a silo that a test starts with DOTNET_STARTUP_HOOKS set to this assembly, before its own code: the runtime asks for exactly
/// this name. It gives the silo's host a fault that the product has no switch for.
/// </summary>
#pragma warning disable CA1050 // The runtime looks for it outside of any namespace.
internal static class StartupHook
#pragma warning restore CA1050
{
    /// <summary>Called by the runtime.</summary>
    public static void Initialize() => DiagnosticListener.AllListeners.Subscribe(new HostBuilding());
}
