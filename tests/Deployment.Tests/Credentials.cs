namespace Levee.Deployment.Tests;

/// <summary>Recognises what belongs in a Secret.</summary>
internal static class Credentials
{
    private static readonly string[] Words = ["password", "pwd=", "secret", "token", "apikey", "api_key", "connectionstring"];

    public static bool AreIn(string key, string value) =>
        Words.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase) || value.Contains(word, StringComparison.OrdinalIgnoreCase))
        || (Uri.TryCreate(value, UriKind.Absolute, out var address) && address.UserInfo.Length > 0);
}
