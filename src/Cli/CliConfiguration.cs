using Levee.Features;
using Levee.Grains.Hosting;
using Microsoft.Extensions.Configuration;

namespace Levee.Cli;

/// <summary>The configuration that a silo reads too: appsettings.json beside the program, then the environment.</summary>
internal static class CliConfiguration
{
    /// <summary>Reads it.</summary>
    /// <exception cref="CliException">The file is not JSON.</exception>
    public static IConfiguration Load()
    {
        try
        {
            return new ConfigurationBuilder()
                .SetBasePath(AppContext.BaseDirectory)
                .AddJsonFile("appsettings.json", optional: true)
                .AddEnvironmentVariables()
                .Build();
        }
        catch (InvalidDataException exception)
        {
            throw new CliException(exception.Message, exception);
        }
    }

    /// <summary>The feature list that silos use too.</summary>
    /// <exception cref="CliException">The configuration names none; the message names its key.</exception>
    public static FeatureList Features() => Load().Section<FeatureOptions>(FeatureOptions.Section).ToList();

    /// <summary>A section as options; the defaults when there is none.</summary>
    /// <exception cref="CliException">A value has the wrong type; the message names its key.</exception>
    public static T Section<T>(this IConfiguration configuration, string name)
        where T : class, new()
    {
        try
        {
            return configuration.GetSection(name).Get<T>() ?? new T();
        }
        catch (InvalidOperationException exception)
        {
            throw new CliException(exception.Message, exception);
        }
    }
}
