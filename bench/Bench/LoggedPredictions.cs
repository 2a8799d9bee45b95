using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Npgsql;

namespace Levee.Bench;

/// <summary>Which predictions were answered and when, against those that the table has.</summary>
internal sealed class LoggedPredictions(NpgsqlDataSource database)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<Guid, long> _answered = new();

    /// <summary>Answers so far.</summary>
    public int Answered => _answered.Count;

    /// <summary>Answers whose id had come before: there must be none.</summary>
    public long Repeated { get; private set; }

    /// <summary>Notes an answer of POST /predict.</summary>
    public void Add(byte[] answer)
    {
        var at = Stopwatch.GetTimestamp();
        var json = new Utf8JsonReader(answer);
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("prediction_id"u8))
            {
                json.Read();
                if (!_answered.TryAdd(json.GetGuid(), at))
                {
                    Repeated++;
                }

                return;
            }
        }
    }

    /// <summary>Waits until the table has all of them or patience ends.</summary>
    /// <param name="until">Only answers before this timestamp count.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>When the missing ones were answered, and how long it took.</returns>
    public async Task<(IReadOnlyList<long> Missing, TimeSpan Took)> WaitAsync(long until, TimeSpan patience, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        var open = _answered.Where(answer => answer.Value <= until).ToDictionary();
        while (true)
        {
            foreach (var found in await FindAsync([.. open.Keys], stop))
            {
                open.Remove(found);
            }

            if (open.Count == 0 || Stopwatch.GetElapsedTime(started) > patience)
            {
                return ([.. open.Values], Stopwatch.GetElapsedTime(started));
            }

            await Task.Delay(Pause, stop);
        }
    }

    private async Task<List<Guid>> FindAsync(Guid[] ids, CancellationToken stop)
    {
        var found = new List<Guid>(ids.Length);
        await using var command = database.CreateCommand("SELECT prediction_id FROM predictions WHERE prediction_id = ANY ($1)");
        command.Parameters.AddWithValue(ids);
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            found.Add(reader.GetGuid(0));
        }

        return found;
    }
}
