using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
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
    public static void Initialize()
    {
        // What this assembly refers to and the silo does not lies beside it.
        AssemblyLoadContext.Default.Resolving += Resolve;
        DiagnosticListener.AllListeners.Subscribe(new HostBuilding());
    }

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name)
    {
        var file = Path.Combine(Path.GetDirectoryName(typeof(StartupHook).Assembly.Location)!, name.Name + ".dll");
        return File.Exists(file) ? context.LoadFromAssemblyPath(file) : null;
    }
}
