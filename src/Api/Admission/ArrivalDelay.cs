using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Prometheus;

namespace Levee.Api.Admission;

/// <summary>
/// Measures how long a request that has reached this machine waits until the process turns to it. No counter of the runtime shows that: where
/// the processor is what is short, requests wait in the kernel, in the socket engine's queue and in the thread pool's. So a byte is sent to a
/// socket of the process's own again and again; it waits in the same queues as the requests do. (The runtime has one socket engine for every
/// thirty cores; with several, this is one of them.) The delay goes to the <see cref="OverloadController"/>.
/// </summary>
internal sealed partial class ArrivalDelay(OverloadController controller, ILogger<ArrivalDelay> logger) : IHostedService, IDisposable
{
    private const long None = 0;

    private readonly Gauge _gauge = Metrics.CreateGauge(
        "levee_arrival_delay_seconds", "How long a request that has reached the machine waits until the process turns to it.");

    private readonly Gauge _share = Metrics.CreateGauge(
        "levee_predict_refused_share", "Share of requests for predictions that is refused so that the others do not wait too long, 0 to 0.95.");

    private readonly byte[] _canary = new byte[1];
    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;
    private Socket? _sender;
    private Socket? _receiver;
    private Task _receiving = Task.CompletedTask;
    private long _sentAt;
    private long _delay;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        (_sender, _receiver) = await ConnectAsync(cancellationToken);
        _receiving = ReceiveAsync(_receiver);

        // A thread of its own: the pool's may be what is short.
        _thread = new Thread(Measure) { IsBackground = true, Name = nameof(ArrivalDelay) };
        _thread.Start();
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Set();
        _thread?.Join();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _stop.Set();
        _thread?.Join();
        _sender?.Dispose();
        _receiver?.Dispose();
        _stop.Dispose();
    }

    /// <summary>A connection of this process with itself.</summary>
    private static async Task<(Socket Sender, Socket Receiver)> ConnectAsync(CancellationToken stop)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var sender = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await sender.ConnectAsync(listener.LocalEndPoint!, stop);
        while (true)
        {
            var receiver = await listener.AcceptAsync(stop);
            if (Equals(receiver.RemoteEndPoint, sender.LocalEndPoint))
            {
                return (sender, receiver);
            }

            // Somebody else's, who tries ports.
            receiver.Dispose();
        }
    }

    private void Measure()
    {
        try
        {
            while (!_stop.Wait(OverloadController.Period) && !_receiving.IsCompleted)
            {
                var sentAt = Volatile.Read(ref _sentAt);
                var last = TimeSpan.FromTicks(Volatile.Read(ref _delay));
                var age = sentAt == None ? TimeSpan.Zero : Stopwatch.GetElapsedTime(sentAt);
                Note(age > last ? age : last);
                if (sentAt == None)
                {
                    Volatile.Write(ref _sentAt, Stopwatch.GetTimestamp());
                    _sender!.Send(_canary);
                }
            }
        }
        catch (SocketException)
        {
            // What follows says so.
        }

        if (!_stop.IsSet)
        {
            // Without a measurement nobody is refused: the service goes on without this bound.
            LogLost();
            controller.Reset();
            Note(TimeSpan.Zero);
        }
    }

    private void Note(TimeSpan delay)
    {
        controller.Observe(delay);
        _gauge.Set(delay.TotalSeconds);
        _share.Set(controller.Share);
    }

    private async Task ReceiveAsync(Socket receiver)
    {
        var buffer = new byte[1];
        try
        {
            while (await receiver.ReceiveAsync(buffer.AsMemory()) > 0)
            {
                // The server hands a request that has been read to the pool's queue, and so is this.
                await Task.Yield();
                Volatile.Write(ref _delay, Stopwatch.GetElapsedTime(Volatile.Read(ref _sentAt)).Ticks);
                Volatile.Write(ref _sentAt, None);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The process ends, or the thread that sends notices.
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The delay of arriving requests is not measured any more: overload of the processor refuses nobody until the next start")]
    private partial void LogLost();
}
