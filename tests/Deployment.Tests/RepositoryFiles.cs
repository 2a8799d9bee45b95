namespace Levee.Deployment.Tests;

/// <summary>Files of the checkout that the tests run in.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(At(parts));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Orleans.sln is in no folder above the tests.");
        }

        return folder.FullName;
    }
}
