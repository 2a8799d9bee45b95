using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Levee.Silo.Hosting;

/// <summary>Reads sections of the configuration and refuses wrong values by their keys, before anything has been started.</summary>
internal static class SettingsReader
{
    /// <summary>The options of a section, with defaults for what is not set.</summary>
    /// <exception cref="StartupException">A value is malformed or out of its range; the message names the key.</exception>
    public static T Read<T>(IConfiguration configuration, string section)
        where T : class, new()
    {
        var options = Bind(() => configuration.GetSection(section).Get<T>()) ?? new T();
        var failures = typeof(T).GetProperties()
            .SelectMany(property => Check(options, property, $"{section}:{property.Name}"))
            .ToArray();
        return failures.Length == 0 ? options : throw new StartupException(string.Join(" ", failures));
    }

    /// <summary>Runs a read of the configuration.</summary>
    /// <exception cref="StartupException">A value has another type than its key wants; the message names the key.</exception>
    public static T Bind<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException exception)
        {
            throw new StartupException(exception.Message, exception);
        }
    }

    private static IEnumerable<string> Check(object options, PropertyInfo property, string key)
    {
        var context = new ValidationContext(options) { MemberName = property.Name, DisplayName = key };
        return property.GetCustomAttributes<ValidationAttribute>()
            .Select(attribute => attribute.GetValidationResult(property.GetValue(options), context)?.ErrorMessage)
            .OfType<string>();
    }
}
