namespace Levee.Features.Tests.Oracle;

/// <summary>What happens next in a random stream.</summary>
public enum StepKind
{
    Arrive,
    ArriveLate,
    Repeat,
    Clash,
    Ask,
    AskAboutKnown,
    Restart,
    CloseMinutes,
    Label,
}
