namespace Levee.Api.Contracts;

/// <summary>JSON has no NaN and no infinity: both are null.</summary>
internal static class Numbers
{
    public static double? OrNull(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    public static Dictionary<string, double?> ByName(KeyValuePair<string, double>[] values)
    {
        var byName = new Dictionary<string, double?>(values.Length, StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            byName[name] = OrNull(value);
        }

        return byName;
    }
}
