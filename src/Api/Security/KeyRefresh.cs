using Levee.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Api.Security;

/// <summary>
/// Reads the working keys again and again, so that one that is made or revoked is known after <see cref="SecurityOptions.KeyRefresh"/>.
/// </summary>
internal sealed partial class KeyRefresh(
    IServiceProvider services, KeyRing keys, IOptions<SecurityOptions> options, TimeProvider time, ILogger<KeyRefresh> logger)
    : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = logger;
    private bool _failed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled || services.GetService<NpgsqlDataSource>() is not { } source)
        {
            keys.Replace([], isComplete: true);
            return;
        }

        var store = new ApiKeyStore(source);
        using var timer = new PeriodicTimer(options.Value.KeyRefresh, time);
        do
        {
            await ReadAsync(store, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ReadAsync(ApiKeyStore store, CancellationToken stoppingToken)
    {
        var most = options.Value.MaxKeys;
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
        try
        {
            var rows = await store.ReadWorkingAsync(time.GetUtcNow(), most + 1, either.Token);
            keys.Replace(rows.Take(most), isComplete: rows.Count <= most);
            if (_failed)
            {
                LogBack();
            }

            _failed = false;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // Said once an outage: the next attempts follow within seconds.
            if (!_failed)
            {
                LogFailed((exception as PostgresException)?.SqlState ?? exception.GetType().Name);
            }

            _failed = true;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The API keys could not be read ({Error}): those known go on working until they can be")]
    private partial void LogFailed(string error);

    [LoggerMessage(2, LogLevel.Information, "The API keys can be read again")]
    private partial void LogBack();
}
