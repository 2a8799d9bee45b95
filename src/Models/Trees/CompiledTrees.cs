namespace Levee.Models;

/// <summary>What <see cref="TreeCompiler"/> makes of the trees.</summary>
/// <param name="Nodes">All nodes; siblings are neighbours.</param>
/// <param name="LeafValues">Value of a node that is a leaf, at the node's index.</param>
/// <param name="Roots">Each tree's root.</param>
/// <param name="Depths">Steps from each root to its deepest leaf.</param>
/// <param name="SplitSlots">Per tree, the slot of the prepared row that each split reads.</param>
/// <param name="Preparation">How a row is prepared.</param>
internal sealed record CompiledTrees(
    TreeNode[] Nodes, double[] LeafValues, int[] Roots, int[] Depths, int[][] SplitSlots, RowPreparation Preparation);
