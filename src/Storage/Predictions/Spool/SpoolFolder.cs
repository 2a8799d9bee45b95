using System.Globalization;
using Microsoft.Extensions.Options;

namespace Levee.Storage;

/// <summary>
/// A silo's part of the folder that silos may share: the first numbered one that no living process holds. Files that dead processes left
/// in other parts come along. The operating system lets go of a part when its process ends, however it ends.
/// </summary>
internal sealed class SpoolFolder : IDisposable
{
    public const string SegmentPattern = "*" + SegmentExtension;
    public const string SegmentExtension = ".spool";
    public const string CorruptExtension = ".corrupt";

    private const string LockName = "lock";
    private const int MostParts = 1_000;

    private readonly FileStream _lock;

    private SpoolFolder(string path, FileStream taken)
    {
        Path = path;
        _lock = taken;
    }

    public string Path { get; }

    /// <summary>Takes a part and what dead processes left.</summary>
    /// <exception cref="OptionsValidationException">The folder cannot be used; the message names its key.</exception>
    public static SpoolFolder Take(string root)
    {
        try
        {
            for (var i = 0; i < MostParts; i++)
            {
                if (TryTake(System.IO.Path.Combine(root, i.ToString(CultureInfo.InvariantCulture))) is { } own)
                {
                    own.AdoptOthers(root);
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

    private void AdoptOthers(string root)
    {
        foreach (var other in Directory.GetDirectories(root).Where(folder => folder != Path))
        {
            using var dead = TryTake(other);
            foreach (var file in dead is null ? [] : Directory.GetFiles(other).Where(IsData))
            {
                File.Move(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)), overwrite: false);
            }
        }
    }

    private static bool IsData(string file) => file.EndsWith(SegmentExtension, StringComparison.Ordinal) || file.EndsWith(CorruptExtension, StringComparison.Ordinal);

    // Requests hold customers' data: nobody else on the machine may read them.
    private static SpoolFolder? TryTake(string path)
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
            return new SpoolFolder(path, new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
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
