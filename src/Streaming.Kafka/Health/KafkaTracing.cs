using System.Diagnostics;
using System.Text;
using Confluent.Kafka;

namespace Levee.Streaming.Kafka;

/// <summary>
/// Traces across Kafka: the W3C trace context in the headers of records, and an activity around each delivery. Does nothing, and allocates
/// nothing, while nobody listens.
/// </summary>
internal static class KafkaTracing
{
    /// <summary>Name of the activity source.</summary>
    public const string SourceName = "Levee.Streaming.Kafka";

    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";
    private const int MaxLinks = 128;
    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>True when somebody listens and the headers carry a trace context.</summary>
    /// <param name="headers">Headers of a record, or null.</param>
    public static bool IsTraced(Headers? headers) =>
        Source.HasListeners() && headers is { Count: > 0 } && headers.TryGetLastBytes(TraceParent, out _);

    /// <summary>
    /// Begins the activity of a delivery and makes it the current one: the child of a single event's context, or linked to the contexts of
    /// several. Null when nobody listens.
    /// </summary>
    /// <param name="lane">The lane.</param>
    /// <param name="first">Position of the first event.</param>
    /// <param name="count">Number of events.</param>
    public static Activity? StartDelivery(StreamLane lane, long first, int count)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        ActivityContext parent = default;
        List<ActivityLink>? links = null;
        for (var i = 0; i < count && (links?.Count ?? 0) < MaxLinks; i++)
        {
            if (!TryRead(lane[first + i].Message?.Headers, out var context))
            {
                continue;
            }

            if (count == 1)
            {
                parent = context;
            }
            else
            {
                (links ??= []).Add(new ActivityLink(context));
            }
        }

        var partition = lane.Partition;

        // What is current here is the pulling agent's business of long ago, not what the events belong to.
        Activity.Current = null;
        var activity = Source.StartActivity($"process {partition.Topic}", ActivityKind.Consumer, parent, links: links);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("messaging.system", "kafka");
            activity.SetTag("messaging.operation.type", "process");
            activity.SetTag("messaging.destination.name", partition.Topic);
            activity.SetTag("messaging.destination.partition.id", partition.Number);
            activity.SetTag("messaging.kafka.offset", lane[first].Offset);
            activity.SetTag("messaging.batch.message_count", count);
            activity.SetTag("orleans.stream", lane.Stream.ToString());
        }

        return activity;
    }

    /// <summary>Ends the activity of a delivery.</summary>
    /// <param name="activity">The activity, or null.</param>
    /// <param name="failed">True when the delivery failed.</param>
    /// <param name="error">Why it failed, or null when that is not known.</param>
    public static void EndDelivery(Activity? activity, bool failed, Exception? error = null)
    {
        if (activity is null)
        {
            return;
        }

        if (failed)
        {
            activity.SetStatus(ActivityStatusCode.Error, error?.Message);
            if (error is not null)
            {
                activity.AddException(error);
            }
        }

        activity.Dispose();
    }

    /// <summary>Begins the activity of producing a record and writes its context to the headers; without a listener, the current one's.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="headers">Receives the context.</param>
    public static Activity? StartProducing(string topic, ref Headers? headers)
    {
        var activity = Source.HasListeners() ? Source.StartActivity($"send {topic}", ActivityKind.Producer) : null;
        if ((activity ?? Activity.Current) is { IdFormat: ActivityIdFormat.W3C, Id: { } id } current)
        {
            headers ??= [];
            headers.Remove(TraceParent);
            headers.Remove(TraceState);
            headers.Add(TraceParent, Encoding.ASCII.GetBytes(id));
            if (!string.IsNullOrEmpty(current.TraceStateString))
            {
                headers.Add(TraceState, Encoding.ASCII.GetBytes(current.TraceStateString));
            }
        }

        activity?.SetTag("messaging.system", "kafka");
        activity?.SetTag("messaging.operation.type", "send");
        activity?.SetTag("messaging.destination.name", topic);
        return activity;
    }

    private static bool TryRead(Headers? headers, out ActivityContext context)
    {
        context = default;
        if (headers is null || !headers.TryGetLastBytes(TraceParent, out var parent) || parent is null)
        {
            return false;
        }

        var state = headers.TryGetLastBytes(TraceState, out var bytes) && bytes is not null ? Encoding.ASCII.GetString(bytes) : null;
        return ActivityContext.TryParse(Encoding.ASCII.GetString(parent), state, isRemote: true, out context);
    }
}
