using Microsoft.Extensions.Options;

namespace Levee.Grains.Topics;

/// <summary>Checks <see cref="TopicOptions"/>; each failure names its configuration key.</summary>
public sealed class TopicOptionsValidator : IValidateOptions<TopicOptions>
{
    private static readonly string[] CompressionTypes = ["zstd", "lz4", "snappy", "gzip", "uncompressed", "producer"];

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, TopicOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        RequireRange(nameof(options.Partitions), options.Partitions, 10_000);
        RequireRange(nameof(options.ReplicationFactor), options.ReplicationFactor, 100);
        RequireRange(nameof(options.RetentionDays), options.RetentionDays, 36_500);
        RequireRange(nameof(options.DeadLetterRetentionDays), options.DeadLetterRetentionDays, 36_500);
        if (!CompressionTypes.Contains(options.CompressionType))
        {
            failures.Add($"{Key(nameof(options.CompressionType))} must be one of {string.Join(", ", CompressionTypes)}, not '{options.CompressionType}'.");
        }

        foreach (var (setting, owner) in LeveeTopics.SettingsWithAKey)
        {
            if (options.Config.ContainsKey(setting))
            {
                failures.Add($"{Key(nameof(options.Config))} must not have {setting}: {Key(owner)} says it.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void RequireRange(string member, int value, int max)
        {
            if (value < 1 || value > max)
            {
                failures.Add(FormattableString.Invariant($"{Key(member)} must be 1 to {max}, not {value}."));
            }
        }
    }

    private static string Key(string member) => $"{TopicOptions.Section}:{member}";
}
