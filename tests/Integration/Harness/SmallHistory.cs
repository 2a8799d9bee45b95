namespace Levee.Integration.Harness;

/// <summary>Settings for a silo that makes its first model from a small simulated history.</summary>
internal static class SmallHistory
{
    public const int Seed = 5;
    public const int Customers = 300;
    public const int Merchants = 80;
    public const int Days = 45;

    public static (string Key, string Value)[] EndingDaysAgo(int daysAgo) =>
    [
        ("Levee:Demo:History", "true"),
        ("Levee:Demo:Seed", $"{Seed}"),
        ("Levee:Demo:Customers", $"{Customers}"),
        ("Levee:Demo:Merchants", $"{Merchants}"),
        ("Levee:Demo:Days", $"{Days}"),
        ("Levee:Demo:HistoryEndsDaysAgo", $"{daysAgo}"),
    ];
}
