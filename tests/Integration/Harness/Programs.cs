using System.Reflection;

namespace Levee.Integration.Harness;

/// <summary>Where the programs under test are, of the same build as the tests.</summary>
internal static class Programs
{
    public static string Silo { get; } = Path.Combine(AppContext.BaseDirectory, "Levee.Silo.dll");

    public static string Api { get; } = Path.Combine(AppContext.BaseDirectory, "Levee.Api.dll");

    public static string Cli { get; } = Path.Combine(AppContext.BaseDirectory, "Levee.Cli.dll");

    public static string RepositoryRoot { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Orleans.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Orleans.sln was not found above the tests.");
    }
}
