using Levee.Features;

namespace Levee.Parity;

/// <summary>Compares vectors bit for bit.</summary>
internal sealed class Vectors(FeatureList features, Action<ParityMismatch> onMismatch)
{
    public IReadOnlyList<string> Names { get; } = [.. features.Features.Select(feature => feature.Name)];

    /// <summary>Reports what differs.</summary>
    /// <returns>Whether anything does.</returns>
    public bool Differ(string source, Guid id, ReadOnlySpan<float> held, ReadOnlySpan<float> recomputed)
    {
        var differ = held.Length != recomputed.Length;
        if (differ)
        {
            onMismatch(new ParityMismatch(source, id, "length", held.Length, recomputed.Length));
            return true;
        }

        for (var i = 0; i < held.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(held[i]) != BitConverter.SingleToInt32Bits(recomputed[i]))
            {
                differ = true;
                onMismatch(new ParityMismatch(source, id, Names[i], held[i], recomputed[i]));
            }
        }

        return differ;
    }
}
