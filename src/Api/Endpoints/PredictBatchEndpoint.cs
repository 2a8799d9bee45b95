using System.IO.Pipelines;
using System.Reflection;
using System.Text.Json;
using Levee.Api.Admission;
using Levee.Api.Parsing;
using Levee.Grains;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Levee.Api.Endpoints;

/// <summary>
/// POST /predict/batch: rows in, rows out, in the same order and format. All are scored by one model version; a row that cannot be scored
/// has its own error and does not touch the others. Answers leave while later rows are still being scored.
/// </summary>
internal sealed class PredictBatchEndpoint(
    Cluster cluster,
    BatchScorer scorer,
    IOptions<ApiOptions> options,
    TimeProvider time,
    PredictionMetrics metrics,
    PredictionAdmission admission,
    ClusterErrors clusterErrors)
{
    // Rows of a batch that are being scored at once: enough to share what they cost, few enough to leave room for others.
    private const int Window = 256;

    // Reasons cost many times what a score costs.
    private const int ExplainedWindow = 16;

    private readonly ApiOptions _options = options.Value;

    /// <summary>The handler, for the OpenAPI document.</summary>
    public static MethodInfo Method { get; } = typeof(PredictBatchEndpoint).GetMethod(nameof(HandleAsync))!;

    public async Task HandleAsync(HttpContext context)
    {
        using var deadline = new BatchDeadline(context, _options.BatchTimeout, time);
        var lines = RequestBody.IsLines(context.Request);
        var body = await RequestBody.ReadAsync(context.Request, _options.MaxBatchBodyBytes, lines: true, deadline: deadline);
        if (body.Status != StatusCodes.Status200OK)
        {
            await RejectAsync(context, Problems.Unreadable(body.Status, _options.MaxBatchBodyBytes));
            return;
        }

        if (!QueryFlags.TryRead(context.Request, "explain", out var explain))
        {
            await RejectAsync(context, Problems.Invalid("explain", QueryFlags.Expected));
            return;
        }

        var errors = new FieldErrors();
        var rows = BatchRows.Cut(body.Bytes, lines, _options.MaxBatchRows, errors);
        if (errors.Any)
        {
            await RejectAsync(context, Problems.Invalid(errors));
            return;
        }

        if (!await admission.AdmitRowsAsync(context, rows.Count))
        {
            return;
        }

        ServedModel? served;
        try
        {
            served = await cluster.Get<IModelGrain>(0).GetServed().WaitAsync(_options.PredictTimeout, time, context.RequestAborted);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            metrics.Failed();
            await clusterErrors.ToProblem(context, e).ExecuteAsync(context);
            return;
        }

        if (served is null)
        {
            metrics.Failed();
            await clusterErrors.Unavailable(context, HealthEndpoints.NoModel).ExecuteAsync(context);
            return;
        }

        context.Response.ContentType = lines ? RequestBody.Lines : "application/json; charset=utf-8";
        await AnswerAsync(context, rows, served.Version, lines, explain, deadline);
    }

    private async Task AnswerAsync(
        HttpContext context, List<ReadOnlyMemory<byte>> rows, string version, bool lines, bool explain, BatchDeadline deadline)
    {
        var output = context.Response.BodyWriter;
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        Write(output, lines ? default : "["u8);
        var window = explain ? ExplainedWindow : Window;
        for (var first = 0; first < rows.Count; first += window)
        {
            if (first > 0)
            {
                // A long batch must not keep a thread from those who have one transaction.
                await Task.Yield();
            }

            var portion = rows.GetRange(first, Math.Min(window, rows.Count - first));
            var scores = await scorer.ScoreAsync(context, portion, version, explain, deadline);
            for (var i = 0; i < scores.Length; i++)
            {
                json.Reset(output);
                Write(json, first + i, scores[i], explain);
                json.Flush();
                Write(output, lines ? "\n"u8 : first + i < rows.Count - 1 ? ","u8 : default);
            }

            if (!await TrySendAsync(context, output, deadline))
            {
                return;
            }
        }

        Write(output, lines ? default : "]"u8);
    }

    // False when the caller has gone, or has not read what is there until the time was over: it would keep others from their turn.
    private static async ValueTask<bool> TrySendAsync(HttpContext context, PipeWriter output, BatchDeadline deadline)
    {
        try
        {
            var sending = output.FlushAsync(context.RequestAborted);
            var sent = sending.IsCompletedSuccessfully ? sending.Result : await sending.AsTask().WaitAsync(deadline.Drained);
            return !sent.IsCompleted && !sent.IsCanceled;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
            return false;
        }
    }

    private static void Write(Utf8JsonWriter json, int index, in RowScore row, bool explain)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        if (row.Score is { } score)
        {
            PredictResponseWriter.WriteScore(json, score, row.Elapsed, explain);
        }
        else
        {
            WriteError(json, row);
        }

        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, in RowScore row)
    {
        json.WriteStartObject("error"u8);
        json.WriteNumber("status"u8, row.Status);
        json.WriteString("title"u8, row.Title);
        if (row.Errors is { } errors)
        {
            json.WriteStartObject("errors"u8);
            foreach (var (field, messages) in errors.ToDictionary())
            {
                json.WriteStartArray(field);
                foreach (var message in messages)
                {
                    json.WriteStringValue(message);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(PipeWriter output, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            bytes.CopyTo(output.GetSpan(bytes.Length));
            output.Advance(bytes.Length);
        }
    }

    private Task RejectAsync(HttpContext context, ProblemHttpResult problem)
    {
        metrics.Rejected(problem.StatusCode);
        return problem.ExecuteAsync(context);
    }
}
