using Levee.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Tracking;

/// <summary>The files of runs on disk, for people and tools. PostgreSQL has them too, so a disk that is full or read-only fails no training.</summary>
public sealed partial class RunFolders
{
    private readonly ILogger<RunFolders> _logger;

    /// <summary>Finds the folders; nothing is made yet.</summary>
    /// <param name="configuration">Holds <c>Levee:Data</c>.</param>
    /// <param name="options">The options.</param>
    /// <param name="logger">Receives what goes wrong.</param>
    public RunFolders(IConfiguration configuration, IOptions<TrackingOptions> options, ILogger<RunFolders> logger)
    {
        var root = options.Value.Folder is { Length: > 0 } folder ? folder : configuration["Levee:Data"] is { Length: > 0 } data ? data : ".levee";
        Runs = Path.GetFullPath(Path.Combine(root, "runs"));
        Snapshots = Path.GetFullPath(Path.Combine(root, "snapshots"));
        _logger = logger;
    }

    /// <summary>Holds a folder for each run.</summary>
    public string Runs { get; }

    /// <summary>Holds the data sets.</summary>
    public string Snapshots { get; }

    /// <summary>Writes a run's files: all of them appear at once.</summary>
    /// <returns>The folder; null when it could not be written, which is logged.</returns>
    public async Task<string?> WriteAsync(Guid runId, IReadOnlyList<RunArtifact> files, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Runs, runId.ToString());
        var temporary = Path.Combine(Runs, $".{runId:n}.{Guid.NewGuid():n}.tmp");
        try
        {
            Directory.CreateDirectory(temporary);
            foreach (var file in files)
            {
                await File.WriteAllBytesAsync(Path.Combine(temporary, file.Name), file.Content, cancellationToken);
            }

            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            Directory.Move(temporary, folder);
            return folder;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotWritten(_logger, runId, folder, exception);
            return null;
        }
        finally
        {
            Remove(temporary);
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A hidden folder stays; the next run has another name.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The files of run {Run} could not be written to {Folder}; PostgreSQL has them")]
    private static partial void LogNotWritten(ILogger logger, Guid run, string folder, Exception exception);
}
