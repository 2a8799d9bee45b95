namespace Levee.Features.Tests.Windows;

/// <summary>Where features stand in the vector, and when two values of one are equal.</summary>
internal static class CustomerFeatures
{
    private static readonly Dictionary<string, int> Places =
        FeatureList.All.Features.Select((feature, index) => (feature.Name, index)).ToDictionary();

    public static int IndexOf(string name) => Places[name];

    // To the bit: both add up integers and divide in the same order. NaN is NaN.
    public static bool Same(double expected, double actual) => expected.Equals(actual);
}
