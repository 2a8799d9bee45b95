using System.Globalization;
using Microsoft.Extensions.Options;

namespace Levee.Storage;

/// <summary>
/// A silo's part of the folder that silos may share: the first numbered one that no living process holds. What dead processes left in other
/// parts is taken over. The operating system lets go of a part when its process ends, however it ends.
/// </summary>
internal sealed class SpoolFolder : IDisposable
{
    public const string SegmentPattern = "*" + SegmentExtension;
    public const string SegmentExtension = ".spool";
    public const string CorruptExtension = ".corrupt";

    private const string LockName = "lock";
    private const int MostParts = 1_000;

    private readonly string _root;
    private readonly FileStream _lock;

    private SpoolFolder(string root, string path, FileStream taken)
    {
        _root = root;
        Path = path;
        _lock = taken;
    }

    public string Path { get; }

    /// <summary>Takes a part.</summary>
    /// <exception cref="OptionsValidationException">The folder cannot be used; the message names its key.</exception>
    public static SpoolFolder Take(string root)
    {
        try
        {
            // Its parents may hold what others must reach, such as an embedded server's cluster; only the parts are closed to them.
            Directory.CreateDirectory(root);
            for (var i = 0; i < MostParts; i++)
            {
                if (TryTake(root, System.IO.Path.Combine(root, i.ToString(CultureInfo.InvariantCulture))) is { } own)
                {
                    return own;
                }
            }

            throw Unusable(root, $"{MostParts} processes use it");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Unusable(root, exception.Message);
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Moves what dead processes left in other parts into this one.</summary>
    /// <returns>The files as they are now.</returns>
    public IReadOnlyList<FileInfo> AdoptOthers()
    {
        var files = new List<FileInfo>();
        foreach (var other in Directory.GetDirectories(_root).Where(folder => folder != Path && Directory.EnumerateFiles(folder).Any(IsData)))
        {
            using var dead = TryTake(_root, other);
            foreach (var file in dead is null ? [] : new DirectoryInfo(other).GetFiles().Where(file => IsData(file.Name)))
            {
                file.MoveTo(System.IO.Path.Combine(Path, file.Name));
                files.Add(file);
            }
        }

        return files;
    }

    private static bool IsData(string file) => file.EndsWith(SegmentExtension, StringComparison.Ordinal) || file.EndsWith(CorruptExtension, StringComparison.Ordinal);

    // Requests hold customers' data: nobody else on the machine may read them.
    private static SpoolFolder? TryTake(string root, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var name = System.IO.Path.Combine(path, LockName);
        try
        {
            return new SpoolFolder(root, path, new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(name))
        {
            // Another process holds it.
            return null;
        }
    }

    private static OptionsValidationException Unusable(string root, string why)
    {
        const string Key = $"{PredictionLogOptions.Section}:{nameof(PredictionLogOptions.Folder)}";
        return new OptionsValidationException(Key, typeof(PredictionLogOptions), [$"{Key}: the folder {root} cannot be used: {why}"]);
    }
}
