namespace Levee.Features.Tests.Windows;

/// <summary>Where features stand in the vector, and when two values of one are equal.</summary>
internal static class CustomerFeatures
{
    private static readonly Dictionary<string, int> Places =
        FeatureList.Default.Features.Select((feature, index) => (feature.Name, index)).ToDictionary();

    public static int IndexOf(string name) => Places[name];

    // Whole numbers are exact; a two-pass mean in floating point is good to about 1e-15 of the largest amount.
    public static bool Same(double expected, double actual) =>
        (double.IsNaN(expected) && double.IsNaN(actual))
        || Math.Abs(expected - actual) <= (double.IsInteger(expected) && double.IsInteger(actual) ? 0 : 1e-9 * Math.Max(1, Math.Abs(expected)));
}
