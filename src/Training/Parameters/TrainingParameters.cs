using System.Globalization;
using System.Reflection;

namespace Levee.Training;

/// <summary>
/// Training options as names and texts: what runs and artifacts store, and the way back. Names may be those of <see cref="TrainingOptions"/>,
/// the same in snake_case, or the names that XGBoost and scikit-learn use.
/// </summary>
public static class TrainingParameters
{
    private static readonly Dictionary<string, PropertyInfo> Properties =
        typeof(TrainingOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).ToDictionary(p => Key(p.Name));

    private static readonly Dictionary<string, string> OtherNames = new()
    {
        ["nestimators"] = nameof(TrainingOptions.Trees),
        ["numleaves"] = nameof(TrainingOptions.Leaves),
        ["maxleaves"] = nameof(TrainingOptions.Leaves),
        ["eta"] = nameof(TrainingOptions.LearningRate),
        ["colsamplebytree"] = nameof(TrainingOptions.ColumnSample),
        ["reglambda"] = nameof(TrainingOptions.L2),
        ["regalpha"] = nameof(TrainingOptions.L1),
        ["maxbin"] = nameof(TrainingOptions.MaxBins),
        ["scaleposweight"] = nameof(TrainingOptions.PositiveWeight),
        ["randomstate"] = nameof(TrainingOptions.Seed),
        ["njobs"] = nameof(TrainingOptions.Threads),
    };

    /// <summary>The options by name, but for the model's name and where the data came from.</summary>
    /// <param name="options">The options.</param>
    public static IReadOnlyDictionary<string, string> Describe(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Properties.Values
            .Where(p => p.Name is not (nameof(TrainingOptions.Name) or nameof(TrainingOptions.DataQuery)))
            .ToDictionary(p => p.Name, p => Convert.ToString(p.GetValue(options), CultureInfo.InvariantCulture) ?? "");
    }

    /// <summary>Options with some values changed.</summary>
    /// <param name="options">The options to begin with.</param>
    /// <param name="values">Values by name; an empty text means null where that is possible.</param>
    /// <exception cref="TrainingParameterException">A name is unknown, or a value is malformed or out of range; the message names it.</exception>
    public static TrainingOptions With(TrainingOptions options, IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(values);
        var changed = new TrainingOptions();
        foreach (var property in Properties.Values)
        {
            property.SetValue(changed, property.GetValue(options));
        }

        var seen = new Dictionary<string, string>();
        foreach (var (name, value) in values)
        {
            var property = Find(name);
            if (!seen.TryAdd(property.Name, name))
            {
                throw new TrainingParameterException($"{seen[property.Name]} and {name} are the same parameter: give one of them.");
            }

            property.SetValue(changed, Parse(property.PropertyType, name, value));
        }

        try
        {
            changed.Validate();
        }
        catch (ArgumentException e)
        {
            throw new TrainingParameterException(
                e is ArgumentOutOfRangeException { ParamName: { } name } ? $"{name} is out of range: {FirstLine(e)}" : FirstLine(e), e);
        }

        return changed;
    }

    private static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim();

    private static PropertyInfo Find(string name)
    {
        var key = Key(name);
        if (OtherNames.TryGetValue(key, out var known))
        {
            key = Key(known);
        }

        return Properties.TryGetValue(key, out var property)
            ? property
            : throw new TrainingParameterException(
                $"There is no training parameter '{name}'. Known are {string.Join(", ", Properties.Values.Select(p => p.Name).Order(StringComparer.Ordinal))}.");
    }

    private static string Key(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private static object? Parse(Type type, string name, string text)
    {
        var culture = CultureInfo.InvariantCulture;
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return text.Length == 0 ? null : Parse(inner, name, text);
        }

        return type switch
        {
            _ when type == typeof(string) => text,
            _ when type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var number) => number,
            _ when type == typeof(long) && long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var number) => number,
            _ when type == typeof(double) && double.TryParse(text, NumberStyles.Float, culture, out var number) && double.IsFinite(number) => number,
            _ when type == typeof(bool) && bool.TryParse(text, out var flag) => flag,
            _ when type == typeof(TimeSpan) && TryReadDuration(text, out var duration) => duration,
            _ when type.IsEnum && !char.IsAsciiDigit(text.FirstOrDefault('0')) && Enum.TryParse(type, Key(text), ignoreCase: true, out var value) => value,
            _ when type.IsEnum => throw new TrainingParameterException(
                $"{name} expects one of {string.Join(", ", Enum.GetNames(type))}, not '{text}'."),
            _ when type == typeof(TimeSpan) => throw new TrainingParameterException(
                $"{name} expects a length of time such as 7d, 12h, 10m or 7.00:00:00, not '{text}'."),
            _ when type == typeof(bool) => throw new TrainingParameterException($"{name} expects true or false, not '{text}'."),
            _ => throw new TrainingParameterException($"{name} expects a {(type == typeof(double) ? "" : "whole ")}number, not '{text}'."),
        };
    }

    private static bool TryReadDuration(string text, out TimeSpan duration)
    {
        double? unit = text.Length == 0 ? null : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => null };
        if (unit is { } seconds)
        {
            var isNumber = double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
            duration = isNumber && number * seconds < 1e10 ? TimeSpan.FromSeconds(number * seconds) : default;
            return isNumber && number * seconds < 1e10;
        }

        duration = default;
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration);
    }
}
