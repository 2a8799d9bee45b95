namespace Levee.Storage.Tests.Support;

internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("levee-storage-");

    public string Path => _folder.FullName;

    public string[] Files(string pattern) => Directory.GetFiles(Path, pattern, SearchOption.AllDirectories);

    public void Dispose() => _folder.Delete(recursive: true);
}
