using CsCheck;

namespace Levee.Features.Tests.Oracle;

/// <summary>Whether random streams of the kind that the property tests use would show a fault.</summary>
internal static class Faults
{
    public static bool AreNoticed(Gen<Step[]> streams, Func<Step[], string?> difference)
    {
        try
        {
            streams.Sample(steps => difference(steps) is null, iter: 600, threads: 1);
            return false;
        }
        catch (CsCheckException)
        {
            return true;
        }
    }
}
