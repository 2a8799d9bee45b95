namespace Levee.Api.Parsing;

/// <summary>Yes or no in the query string.</summary>
internal static class QueryFlags
{
    /// <summary>What a flag may be.</summary>
    public const string Expected = "expected true or false";

    /// <summary>Reads a flag; false when absent.</summary>
    /// <param name="request">The request.</param>
    /// <param name="name">The parameter.</param>
    /// <param name="value">What it says.</param>
    /// <returns>False when it is neither true nor false.</returns>
    public static bool TryRead(HttpRequest request, string name, out bool value)
    {
        value = false;
        return !request.QueryString.HasValue
            || !request.Query.TryGetValue(name, out var text)
            || bool.TryParse(text, out value);
    }
}
