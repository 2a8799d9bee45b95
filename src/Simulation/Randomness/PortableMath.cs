namespace Levee.Simulation;

/// <summary>
/// Exponential and logarithm from additions and multiplications alone. The ones of the C library differ between systems in the last bit,
/// which would make the same seed give other messages elsewhere.
/// </summary>
internal static class PortableMath
{
    private const double Ln2 = 0.693147180559945309417;

    /// <summary>e to the power of x, for |x| up to 700.</summary>
    public static double Exp(double x)
    {
        var power = Math.Floor((x / Ln2) + 0.5);
        var rest = x - (power * Ln2);
        var sum = 1.0;
        for (var i = 15; i >= 1; i--)
        {
            sum = 1.0 + (rest * sum / i);
        }

        return sum * BitConverter.Int64BitsToDouble(((long)power + 1023) << 52);
    }

    /// <summary>Natural logarithm of a normal number above 0.</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var power = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa /= 2;
            power++;
        }

        // ln m = 2 artanh((m - 1) / (m + 1)); the argument is at most 0.172 in size.
        var part = (mantissa - 1) / (mantissa + 1);
        var square = part * part;
        var sum = 0.0;
        for (var i = 21; i >= 1; i -= 2)
        {
            sum = (sum * square) + (1.0 / i);
        }

        return (power * Ln2) + (2 * part * sum);
    }
}
