namespace Levee.Models;

/// <summary>Gauss-Legendre quadrature on [0, 1]: n nodes integrate polynomials up to degree 2n - 1 exactly.</summary>
internal static class GaussLegendre
{
    private const int Iterations = 100;

    /// <summary>Nodes and weights, the nodes in falling order.</summary>
    public static (double[] Nodes, double[] Weights) Of(int count)
    {
        var nodes = new double[count];
        var weights = new double[count];
        for (var i = 0; i < count; i++)
        {
            // Newton's method from a well-known first guess; x is on [-1, 1].
            var x = Math.Cos(Math.PI * (i + 0.75) / (count + 0.5));
            var derivative = 0.0;
            for (var step = 0; step < Iterations; step++)
            {
                (var value, derivative) = Legendre(count, x);
                var change = value / derivative;
                x -= change;
                if (Math.Abs(change) < 1e-16)
                {
                    break;
                }
            }

            nodes[i] = (x + 1) / 2;
            weights[i] = 1 / ((1 - (x * x)) * derivative * derivative);
        }

        return (nodes, weights);
    }

    private static (double Value, double Derivative) Legendre(int degree, double x)
    {
        var (previous, current) = (1.0, x);
        for (var k = 2; k <= degree; k++)
        {
            (previous, current) = (current, (((2 * k) - 1) * x * current - ((k - 1) * previous)) / k);
        }

        return (current, degree * ((x * current) - previous) / ((x * x) - 1));
    }
}
