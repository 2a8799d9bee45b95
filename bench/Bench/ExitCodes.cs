namespace Levee.Bench;

/// <summary>What the process says when it ends; the same for every benchmark.</summary>
internal static class ExitCodes
{
    public const int Met = 0;
    public const int NotMet = 1;
    public const int TooBusy = 2;
    public const int NotMeasured = 64;
    public const int CannotRun = 70;
}
