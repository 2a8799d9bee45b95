namespace Levee.Embedded.Postgres;

/// <summary>Keeps a data folder to one process. The operating system lets go of it when the process ends, however it ends.</summary>
internal sealed class DataFolderLock : IDisposable
{
    private const string FileName = "levee.lock";

    // The error number of a file that another process holds.
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;

    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <summary>Takes the folder; null when another process has it.</summary>
    public static DataFolderLock? TryTake(string folder)
    {
        try
        {
            return new DataFolderLock(new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (error.HResult is WouldBlockLinux or WouldBlockMac)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
