using Levee.Features;

namespace Levee.Api.Parsing;

/// <summary>Collects everything that is wrong with a request, so that the caller sees all of it at once.</summary>
internal sealed class FieldErrors
{
    /// <summary>Errors beyond this many are not listed: a thousand faulty labels need no megabyte of answer.</summary>
    private const int Most = 100;

    /// <summary>The name that stands for the body as a whole.</summary>
    public const string Body = "body";

    private List<FieldError>? _errors;

    public bool Any => _errors is not null;

    public void Add(string field, string message)
    {
        _errors ??= [];
        if (_errors.Count < Most)
        {
            _errors.Add(new FieldError(field, message));
        }
    }

    /// <summary>Adds all errors of a part under the part's name.</summary>
    public void AddAll(string prefix, FieldErrors part)
    {
        foreach (var error in part._errors ?? [])
        {
            Add(prefix + error.Field, error.Message);
        }
    }

    /// <summary>The messages by field, in the order in which they were found.</summary>
    public Dictionary<string, string[]> ToDictionary() =>
        (_errors ?? []).GroupBy(e => e.Field, e => e.Message, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToArray());

    public static Dictionary<string, string[]> Single(string field, string message) => new() { [field] = [message] };
}
