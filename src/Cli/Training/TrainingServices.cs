using Levee.Grains.Hosting;
using Levee.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Levee.Cli.Training;

/// <summary>The silo's training services on the command line's database; warnings go to standard error.</summary>
internal static class TrainingServices
{
    public static ServiceProvider Create(NpgsqlDataSource source, string folder, TextWriter error)
    {
        var configuration = new ConfigurationBuilder()
            .AddConfiguration(CliConfiguration.Load())
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Levee:Data"] = folder })
            .Build();
        var services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(new WarningsTo(error)))
            .AddSingleton(source)
            .AddSingleton<ModelRegistry>()
            .AddSingleton<RunStore>()
            .AddSingleton<TransactionReader>();
        return services.AddLeveeTraining(configuration).BuildServiceProvider();
    }

    /// <summary>A service, where wrong settings are the user's to mend.</summary>
    /// <exception cref="CliException">A setting is wrong; the message names it.</exception>
    public static T Get<T>(this ServiceProvider services)
        where T : notnull
    {
        try
        {
            return services.GetRequiredService<T>();
        }
        catch (OptionsValidationException exception)
        {
            throw new CliException(exception.Message, exception);
        }
    }

    private sealed class WarningsTo(TextWriter error) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                error.WriteLine($"levee: {formatter(state, exception)}{(exception is null ? "" : $": {exception.Message}")}");
            }
        }
    }
}
