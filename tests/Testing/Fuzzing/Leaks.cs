using System.Text;

namespace Levee.Testing.Fuzzing;

/// <summary>Words that only the insides of a server say: stack traces, names of types and files, connection strings.</summary>
public static class Leaks
{
    private static readonly string[] Words =
    [
        "Exception", "   at ", ".cs:line", "Levee.", "Orleans", "Npgsql", "Confluent", "System.", "Microsoft.", "Host=", "Username=", "Password=",
        "pg_catalog", "SQLSTATE", "SELECT ", "INSERT ", "/home/", "/tmp/", "/usr/",
    ];

    /// <summary>The first such word in an answer; null when there is none.</summary>
    /// <param name="body">The answer.</param>
    public static string? Find(ReadOnlySpan<byte> body)
    {
        foreach (var word in Words)
        {
            if (body.IndexOf(Encoding.UTF8.GetBytes(word)) >= 0)
            {
                return word;
            }
        }

        return null;
    }
}
