using Levee.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Retraining;

/// <inheritdoc cref="IRetrainGrain"/>
/// <remarks>
/// Each step ends with a write of the state, and each can be done again: a crash repeats at most the step that was under way. While a run
/// is on, a second reminder brings the grain back on another silo. Training runs on a thread of its own and not on the grain's turn.
/// </remarks>
internal sealed partial class RetrainGrain(
    [PersistentState("retrain", "levee")] IPersistentState<RetrainState> state,
    RetrainSteps steps,
    IOptions<RetrainOptions> options,
    TimeProvider time,
    ILogger<RetrainGrain> logger) : Grain, IRetrainGrain, IRemindable
{
    private const string DailyReminder = "daily-drift-check";
    private const string ResumeReminder = "resume-run";
    private const string OtherList = "feature list";
    private static readonly TimeSpan ResumePeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan OtherListPause = TimeSpan.FromHours(1);

    private IGrainTimer? _runner;
    private bool _running;

    private RetrainStatus Status
    {
        get => state.State.Status;
        set => state.State.Status = value;
    }

    private bool IsUnderWay => Status.Step is not RetrainStep.Idle and not RetrainStep.Done;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (IsUnderWay)
        {
            StartRunner();
        }

        return Task.CompletedTask;
    }

    public async Task EnsureScheduled()
    {
        if (options.Value.Enabled)
        {
            await this.RegisterOrUpdateReminder(DailyReminder, UntilNext(options.Value.TimeOfDayUtc), TimeSpan.FromDays(1));
        }
        else if (await this.GetReminder(DailyReminder) is { } leftOver)
        {
            await this.UnregisterReminder(leftOver);
        }
    }

    public async Task<RetrainStatus> Trigger(bool force, string who)
    {
        if (!IsUnderWay)
        {
            await BeginAsync(force, who);
        }

        return Status;
    }

    public async Task<bool> ReplaceOtherList(string featureHash)
    {
        // First of all, since a run goes on while this waits: what it has promoted is seen then.
        if (IsUnderWay || featureHash != steps.FeatureHash)
        {
            return false;
        }

        if (!await steps.IsOfAnotherListAsync(CancellationToken.None))
        {
            return true;
        }

        var hasJustTried = Status is { TriggeredBy: OtherList, EndedAt: { } ended } && time.GetUtcNow() - ended < OtherListPause;
        if (!hasJustTried)
        {
            await BeginAsync(force: true, OtherList);
        }

        return false;
    }

    public Task<RetrainStatus> GetStatus() => Task.FromResult(Status);

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (IsUnderWay)
        {
            StartRunner();
        }
        else if (reminderName == DailyReminder)
        {
            await BeginAsync(force: false, "schedule");
        }
        else if (await this.GetReminder(ResumeReminder) is { } leftOver)
        {
            await this.UnregisterReminder(leftOver);
        }
    }

    private async Task BeginAsync(bool force, string who)
    {
        // Before the state: a run that is persisted always has somebody who brings it back, and a reminder without a run removes itself.
        await this.RegisterOrUpdateReminder(ResumeReminder, ResumePeriod, ResumePeriod);
        Status = new RetrainStatus
        {
            RunId = Guid.CreateVersion7(time.GetUtcNow()),
            Step = RetrainStep.CheckDrift,
            Forced = force,
            TriggeredBy = who,
            StartedAt = time.GetUtcNow(),
        };
        await state.WriteStateAsync();
        LogStarted(logger, Status.RunId.Value, who, force);
        StartRunner();
    }

    private void StartRunner() => _runner ??= this.RegisterGrainTimer(
        RunAsync,
        new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = TimeSpan.FromSeconds(5), Interleave = true, KeepAlive = true });

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_running)
        {
            return;
        }

        _running = true;
        try
        {
            while (IsUnderWay && !cancellationToken.IsCancellationRequested)
            {
                var step = Status.Step;
                Status = await NextAsync(cancellationToken);
                await state.WriteStateAsync(cancellationToken);
                LogStep(logger, Status.RunId!.Value, step, Status.Step, Status.Outcome ?? "under way");
            }

            if (!IsUnderWay)
            {
                await FinishAsync();
            }
        }
        finally
        {
            _running = false;
        }
    }

    private async Task<RetrainStatus> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await steps.AdvanceAsync(Status, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !StorageErrors.IsTransient(exception))
        {
            LogFailed(logger, Status.RunId!.Value, Status.Step, exception);
            return Status with
            {
                Step = RetrainStep.Done,
                Outcome = "failed",
                Detail = $"{Status.Step}: {exception.Message}",
                EndedAt = time.GetUtcNow(),
            };
        }
    }

    private async Task FinishAsync()
    {
        _runner?.Dispose();
        _runner = null;
        if (await this.GetReminder(ResumeReminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    private TimeSpan UntilNext(TimeOnly timeOfDay)
    {
        var now = time.GetUtcNow();
        var next = new DateTimeOffset(now.Date, TimeSpan.Zero) + timeOfDay.ToTimeSpan();
        return next > now ? next - now : next + TimeSpan.FromDays(1) - now;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Retraining run {Run} started by {Who} (forced: {Forced})")]
    private static partial void LogStarted(ILogger logger, Guid run, string who, bool forced);

    [LoggerMessage(Level = LogLevel.Information, Message = "Retraining run {Run}: {Step} done, next {Next}, outcome {Outcome}")]
    private static partial void LogStep(ILogger logger, Guid run, RetrainStep step, RetrainStep next, string outcome);

    [LoggerMessage(Level = LogLevel.Error, Message = "Retraining run {Run} failed in {Step}; the version in production stays")]
    private static partial void LogFailed(ILogger logger, Guid run, RetrainStep step, Exception exception);
}
