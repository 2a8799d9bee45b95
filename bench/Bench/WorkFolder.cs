namespace Levee.Bench;

/// <summary>A temporary folder for data and logs, removed at the end.</summary>
internal sealed class WorkFolder : IDisposable
{
    public WorkFolder()
    {
        Path = Directory.CreateTempSubdirectory("levee-bench-").FullName;
        if (!OperatingSystem.IsWindows())
        {
            // PostgreSQL runs as another user when this runs as root, and must reach its folder inside.
            File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
        }

        Data = Directory.CreateDirectory(System.IO.Path.Combine(Path, "data")).FullName;
    }

    public string Path { get; }

    public string Data { get; }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException error)
        {
            Console.Error.WriteLine($"{Path} stays behind: {error.Message}");
        }
    }
}
