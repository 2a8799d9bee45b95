using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Levee.Models;

/// <summary>
/// A gradient-boosted ensemble, compiled once into immutable arrays and evaluated without locks or allocation by any number of threads.
/// </summary>
/// <remarks>
/// A row is prepared before the walk: for each rule for missing values that the trees use, the row is copied once with its missing values
/// replaced by minus infinity (go left) or NaN (go right), and a node names the copy it reads. The walk itself is then one
/// comparison without a branch per level. Scores are added in the order of the trees, in double, and rounded to float once, before and
/// after the sigmoid, as ML.NET does: the results equal ML.NET's to the bit.
/// </remarks>
public sealed class TreeEnsemble : IBinaryClassifier
{
    private const int StackSlots = 256;
    private const int Lanes = 8;

    private readonly TreeNode[] _nodes;
    private readonly double[] _leafValues;
    private readonly int[] _roots;
    private readonly int[] _depths;
    private readonly int[] _groupDepths;
    private readonly BatchEvaluator _batch;
    private readonly RowPreparation _preparation;
    private readonly double _bias;
    private readonly double _slope;
    private readonly double _offset;

    internal TreeEnsemble(CompiledTrees compiled, IReadOnlyList<TreeDefinition> trees, int featureCount, double bias, double slope, double offset)
    {
        _nodes = compiled.Nodes;
        _leafValues = compiled.LeafValues;
        _roots = compiled.Roots;
        _depths = compiled.Depths;
        _groupDepths = [.. compiled.Depths.Chunk(Lanes).Select(group => group.Max())];
        _preparation = compiled.Preparation;
        _batch = BatchEvaluator.For(compiled, trees);
        Trees = trees;
        FeatureCount = featureCount;
        _bias = bias;
        _slope = slope;
        _offset = offset;
    }

    /// <summary>Number of trees.</summary>
    public int TreeCount => _roots.Length;

    /// <summary>Number of features of a row.</summary>
    public int FeatureCount { get; }

    /// <summary>The trees as they were trained.</summary>
    public IReadOnlyList<TreeDefinition> Trees { get; }

    /// <summary>Added to the sum of the trees.</summary>
    public double Bias => _bias;

    /// <summary>Factor of the raw score in the sigmoid: the probability is 1 / (1 + exp(slope * raw + offset)).</summary>
    public double SigmoidSlope => _slope;

    /// <summary>Term of the sigmoid.</summary>
    public double SigmoidOffset => _offset;

    /// <summary>Compiles trees.</summary>
    /// <param name="trees">The trees.</param>
    /// <param name="featureCount">Number of features of a row.</param>
    /// <param name="bias">Added to the sum of the trees.</param>
    /// <param name="sigmoidSlope">Factor of the raw score in the sigmoid; -1 for the usual logistic function.</param>
    /// <param name="sigmoidOffset">Term of the sigmoid.</param>
    /// <exception cref="ModelFormatException">A tree is malformed, or the ensemble is too large.</exception>
    public static TreeEnsemble Create(
        IReadOnlyList<TreeDefinition> trees,
        int featureCount,
        double bias = 0,
        double sigmoidSlope = -1,
        double sigmoidOffset = 0)
    {
        ArgumentNullException.ThrowIfNull(trees);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(featureCount);
        return new TreeEnsemble(TreeCompiler.Compile(trees, featureCount), trees, featureCount, bias, sigmoidSlope, sigmoidOffset);
    }

    /// <summary>Reads a binary classifier from LightGBM's text format (a Booster's model string).</summary>
    /// <param name="modelText">The text.</param>
    /// <exception cref="ModelFormatException">
    /// The text is not such a model, or it has categorical splits, linear leaves, several classes or an objective other than binary.
    /// </exception>
    public static TreeEnsemble ParseLightGbm(string modelText) => LightGbmModelParser.Parse(modelText);

    /// <summary>Reads what <see cref="Serialize"/> wrote.</summary>
    /// <param name="data">The bytes.</param>
    /// <exception cref="ModelFormatException">The bytes are not such a model.</exception>
    public static TreeEnsemble Deserialize(ReadOnlySpan<byte> data) => TreeEnsembleFormat.Read(data);

    /// <summary>The ensemble as compact, deterministic bytes.</summary>
    public byte[] Serialize() => TreeEnsembleFormat.Write(this);

    /// <inheritdoc/>
    public double Predict(ReadOnlySpan<float> features) => ToProbability(PredictRaw(features));

    /// <summary>The sum of the trees for one row, before the sigmoid.</summary>
    /// <param name="features">One value per feature; NaN is missing.</param>
    /// <exception cref="ArgumentException">The row has another number of features.</exception>
    public double PredictRaw(ReadOnlySpan<float> features)
    {
        RowShape.Check(features, FeatureCount);
        Span<float> row = _preparation.SlotCount <= StackSlots ? stackalloc float[_preparation.SlotCount] : new float[_preparation.SlotCount];
        _preparation.Prepare(features, row);
        return SumTrees(ref MemoryMarshal.GetReference(row));
    }

    /// <inheritdoc/>
    public void PredictBatch(ReadOnlySpan<float> rows, int columns, Span<double> probabilities)
    {
        RowShape.Check(rows, columns, probabilities.Length, FeatureCount);
        _batch.Sum(rows, columns, probabilities);
        for (var i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] = ToProbability(probabilities[i] + _bias);
        }
    }

    /// <summary>The probability that belongs to a raw score.</summary>
    /// <param name="raw">Sum of the trees.</param>
    public double ToProbability(double raw) => (float)(1 / (1 + Math.Exp((_slope * (float)raw) + _offset)));

    // Several trees are walked side by side, so that the processor overlaps their loads; each walk takes as many steps as the deepest.
    private double SumTrees(ref float row)
    {
        ref var nodes = ref MemoryMarshal.GetArrayDataReference(_nodes);
        var sum = 0.0;
        var tree = 0;
        for (; tree + Lanes <= _roots.Length; tree += Lanes)
        {
            var roots = _roots.AsSpan(tree, Lanes);
            nint a = roots[0], b = roots[1], c = roots[2], d = roots[3], e = roots[4], f = roots[5], g = roots[6], h = roots[7];
            for (var step = _groupDepths[tree / Lanes]; step > 0; step--)
            {
                a = Next(ref nodes, ref row, a);
                b = Next(ref nodes, ref row, b);
                c = Next(ref nodes, ref row, c);
                d = Next(ref nodes, ref row, d);
                e = Next(ref nodes, ref row, e);
                f = Next(ref nodes, ref row, f);
                g = Next(ref nodes, ref row, g);
                h = Next(ref nodes, ref row, h);
            }

            sum += _leafValues[a];
            sum += _leafValues[b];
            sum += _leafValues[c];
            sum += _leafValues[d];
            sum += _leafValues[e];
            sum += _leafValues[f];
            sum += _leafValues[g];
            sum += _leafValues[h];
        }

        for (; tree < _roots.Length; tree++)
        {
            nint node = _roots[tree];
            for (var step = _depths[tree]; step > 0; step--)
            {
                node = Next(ref nodes, ref row, node);
            }

            sum += _leafValues[node];
        }

        return sum + _bias;
    }

    /// <summary>One step of a walk; the compiler has checked every child and every slot, so that no bounds are checked here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static nint Next(ref TreeNode nodes, ref float row, nint node)
    {
        ref readonly var current = ref Unsafe.Add(ref nodes, node);
        var right = current.Threshold >= Unsafe.Add(ref row, (nint)current.Slot) ? 0 : 1;
        return node + current.LeftChildDistance + right;
    }
}
