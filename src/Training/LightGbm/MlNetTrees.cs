using Levee.Models;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;

namespace Levee.Training;

/// <summary>Takes the trees out of an ML.NET LightGBM model.</summary>
internal static class MlNetTrees
{
    public static TreeEnsemble Compile(
        CalibratedModelParametersBase<LightGbmBinaryModelParameters, PlattCalibrator> model, int featureCount)
    {
        var ensemble = model.SubModel.TrainedTreeEnsemble;
        var trees = new List<TreeDefinition>(ensemble.Trees.Count);
        for (var i = 0; i < ensemble.Trees.Count; i++)
        {
            trees.Add(Convert(ensemble.Trees[i], ensemble.TreeWeights[i], i));
        }

        return TreeEnsemble.Create(trees, featureCount, ensemble.Bias, model.Calibrator.Slope, model.Calibrator.Offset);
    }

    /// <summary>Sum of the gains of the splits on each feature.</summary>
    public static double[] Gains(CalibratedModelParametersBase<LightGbmBinaryModelParameters, PlattCalibrator> model, int featureCount)
    {
        var gains = new double[featureCount];
        foreach (var tree in model.SubModel.TrainedTreeEnsemble.Trees)
        {
            for (var i = 0; i < tree.NumberOfNodes; i++)
            {
                gains[tree.NumericalSplitFeatureIndexes[i]] += tree.SplitGains[i];
            }
        }

        return gains;
    }

    private static TreeDefinition Convert(RegressionTree tree, double weight, int index)
    {
        var splits = new TreeSplit[tree.NumberOfNodes];
        for (var i = 0; i < splits.Length; i++)
        {
            if (tree.CategoricalSplitFlags[i])
            {
                throw new ModelFormatException($"Split {i} of tree {index} is categorical; only numerical splits are supported.");
            }

            var threshold = tree.NumericalSplitThresholds[i];
            splits[i] = new TreeSplit(
                tree.NumericalSplitFeatureIndexes[i],
                threshold,
                tree.LeftChild[i],
                tree.RightChild[i],
                MissingKind.NaN,
                DefaultLeft: MissingValues.Sentinel <= threshold);
        }

        var leaves = new double[tree.NumberOfLeaves];
        for (var i = 0; i < leaves.Length; i++)
        {
            leaves[i] = tree.LeafValues[i] * weight;
        }

        return new TreeDefinition(splits, leaves);
    }
}
