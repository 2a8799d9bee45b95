using Npgsql;

namespace Levee.Storage;

/// <summary>Short ways to give parameters.</summary>
internal static class ParameterExtensions
{
    public static void AddAll(this NpgsqlParameterCollection parameters, params ReadOnlySpan<NpgsqlParameter> added)
    {
        foreach (var parameter in added)
        {
            parameters.Add(parameter);
        }
    }
}
