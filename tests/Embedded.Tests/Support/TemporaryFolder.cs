namespace Levee.Embedded.Tests.Support;

/// <summary>A folder that goes away with the test, with whatever its cluster keeps elsewhere.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>One that everybody may read.</summary>
    public TemporaryFolder()
        : this("755")
    {
    }

    /// <param name="mode">Permissions, in octal.</param>
    internal TemporaryFolder(string mode)
    {
        Path = Directory.CreateTempSubdirectory("levee-embedded-tests-").FullName;
        File.SetUnixFileMode(Path, (UnixFileMode)Convert.ToInt32(mode, 8));
    }

    public string Path { get; }

    /// <summary>For a cluster that several tests start one after the other: making one takes longer than all they do with it.</summary>
    public EmbeddedPostgresOptions Options => new() { DataDirectory = this["data"] };

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        foreach (var pointer in Directory.GetFiles(Path, "location", SearchOption.AllDirectories))
        {
            var home = System.IO.Path.GetDirectoryName(File.ReadAllText(pointer).Trim())!;
            if (Directory.Exists(home))
            {
                Directory.Delete(home, recursive: true);
            }
        }

        Directory.Delete(Path, recursive: true);
    }
}
