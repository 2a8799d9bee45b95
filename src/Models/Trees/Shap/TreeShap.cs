using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Levee.Models;

/// <summary>
/// Exact Shapley values of a tree ensemble's raw score (path-dependent TreeSHAP, Lundberg et al. 2018): how much each feature of a row moves
/// the score away from what the trees expect of any row. The values and the expectation add up to the raw score.
/// </summary>
/// <remarks>
/// A leaf contributes its value times a product over the features on its path: of a known feature whether the row agrees with the path, of
/// an unknown one the share of training rows that do. The Shapley values of a product are an integral over [0, 1] of a polynomial (Owen's
/// diagonal formula), which a few nodes of Gauss and Legendre give exactly. So a leaf with d features costs d * d / 2 steps, four at a time,
/// instead of the recursion over paths. Immutable; any number of threads may use it, and nothing is allocated for a row.
/// </remarks>
public sealed class TreeShap
{
    private const int Lanes = 4;
    private const int StackSplits = 4_096;
    private const int StackFactors = 1_024;

    private readonly TreeEnsemble _trees;
    private readonly TreeSplit[] _splits;
    private readonly ShapLeaf[] _leaves;
    private readonly ShapFactor[] _factors;
    private readonly int[] _conditions;
    private readonly Vector256<double>[] _nodes;
    private readonly Vector256<double>[] _weights;
    private readonly int _mostFactors;

    /// <summary>Prepares an ensemble.</summary>
    /// <param name="trees">The trees.</param>
    /// <param name="covers">Where the training rows went.</param>
    /// <exception cref="ArgumentException">The covers are of other trees.</exception>
    public TreeShap(TreeEnsemble trees, TreeCovers covers)
    {
        ArgumentNullException.ThrowIfNull(trees);
        ArgumentNullException.ThrowIfNull(covers);
        if (!covers.Fits(trees))
        {
            throw new ArgumentException("The leaf counts are of other trees.", nameof(covers));
        }

        _trees = trees;
        var paths = new ShapPaths(trees, covers);
        _splits = paths.Splits;
        _leaves = paths.Leaves;
        _factors = paths.Factors;
        _conditions = paths.Conditions;
        ExpectedRaw = paths.Expected + trees.Bias;
        _mostFactors = _leaves.Max(leaf => leaf.Count);
        (_nodes, _weights) = Quadrature(_mostFactors);
    }

    /// <summary>Number of features of a row.</summary>
    public int FeatureCount => _trees.FeatureCount;

    /// <summary>The mean raw score of the training rows: what is expected when no feature is known.</summary>
    public double ExpectedRaw { get; }

    /// <summary>Writes each feature's Shapley value for a row, in units of the raw score (log-odds).</summary>
    /// <param name="features">One value per feature; NaN is missing.</param>
    /// <param name="contributions">Receives one value per feature; with <see cref="ExpectedRaw"/> they add up to the raw score.</param>
    /// <exception cref="ArgumentException">The sizes do not fit the model.</exception>
    public void Explain(ReadOnlySpan<float> features, Span<double> contributions)
    {
        if (features.Length != FeatureCount || contributions.Length != FeatureCount)
        {
            throw new ArgumentException($"A row and its contributions have {FeatureCount} values, not {features.Length} and {contributions.Length}.");
        }

        contributions.Clear();
        var rented = _splits.Length > StackSplits ? ArrayPool<bool>.Shared.Rent(_splits.Length) : null;
        Span<bool> goesLeft = rented ?? stackalloc bool[StackSplits];
        var size = _mostFactors * _nodes.Length;
        Span<Vector256<double>> buffer = size <= StackFactors ? stackalloc Vector256<double>[size] : new Vector256<double>[size];
        for (var i = 0; i < _splits.Length; i++)
        {
            goesLeft[i] = SplitDecision.GoesLeft(_splits[i], features[_splits[i].Feature]);
        }

        foreach (ref readonly var leaf in _leaves.AsSpan())
        {
            Add(leaf, goesLeft, buffer, contributions);
        }

        if (rented is not null)
        {
            ArrayPool<bool>.Shared.Return(rented);
        }
    }

    private void Add(in ShapLeaf leaf, ReadOnlySpan<bool> goesLeft, Span<Vector256<double>> buffer, Span<double> contributions)
    {
        var factors = _factors.AsSpan(leaf.First, leaf.Count);
        var quads = _nodes.Length;
        Span<Vector256<double>> product = stackalloc Vector256<double>[quads];
        _weights.CopyTo(product);
        ulong agrees = 0;
        for (var i = 0; i < factors.Length; i++)
        {
            ref readonly var factor = ref factors[i];
            var agreed = Agrees(factor, goesLeft);
            if (!agreed && factor.Share == 0)
            {
                // Neither the row nor any training row comes here, so the leaf says nothing about the row.
                return;
            }

            agrees |= agreed ? 1UL << i : 0;
            var share = Vector256.Create(factor.Share);
            for (var q = 0; q < quads; q++)
            {
                // The feature is known with probability t: t * agrees + (1 - t) * share.
                var value = agreed ? share + ((Vector256<double>.One - share) * _nodes[q]) : share * (Vector256<double>.One - _nodes[q]);
                buffer[(i * quads) + q] = value;
                product[q] *= value;
            }
        }

        for (var i = 0; i < factors.Length; i++)
        {
            var sum = Vector256<double>.Zero;
            for (var q = 0; q < quads; q++)
            {
                sum += product[q] / buffer[(i * quads) + q];
            }

            ref readonly var factor = ref factors[i];
            contributions[factor.Feature] += leaf.Value * (((agrees >> i) & 1) - factor.Share) * Vector256.Sum(sum);
        }
    }

    private bool Agrees(in ShapFactor factor, ReadOnlySpan<bool> goesLeft)
    {
        foreach (var condition in _conditions.AsSpan(factor.FirstCondition, factor.ConditionCount))
        {
            // A condition is a split that must go left, or the complement of one that must go right.
            if (condition >= 0 ? !goesLeft[condition] : goesLeft[~condition])
            {
                return false;
            }
        }

        return true;
    }

    // The polynomial has one degree less than the leaf has features. Nodes beyond the needed ones have weight 0.
    private static (Vector256<double>[] Nodes, Vector256<double>[] Weights) Quadrature(int factors)
    {
        var count = Math.Max(1, (factors + 1) / 2);
        var (nodes, weights) = GaussLegendre.Of(count);
        var padded = (count + Lanes - 1) / Lanes * Lanes;
        var (allNodes, allWeights) = (new double[padded], new double[padded]);
        allNodes.AsSpan().Fill(0.5);
        nodes.CopyTo(allNodes, 0);
        weights.CopyTo(allWeights, 0);
        return (MemoryMarshal.Cast<double, Vector256<double>>(allNodes).ToArray(), MemoryMarshal.Cast<double, Vector256<double>>(allWeights).ToArray());
    }
}
