namespace Levee.Models;

/// <summary>
/// The weighted mean of trees' log-odds as one ensemble of trees: a tree's leaves are multiplied by its member's weight, and what a
/// member adds to its sum is added to the bias. So a margin ensemble is served and explained as any trees are.
/// </summary>
internal static class MarginSum
{
    public static TreeEnsemble Of(IReadOnlyList<EnsembleMember> members)
    {
        var trees = new List<TreeDefinition>();
        var bias = 0.0;
        foreach (var (_, weight, artifact) in members)
        {
            // A member's probability is 1 / (1 + exp(slope * raw + offset)): its log-odds are -slope * raw - offset.
            var member = artifact.Trees!;
            var factor = -member.SigmoidSlope * weight;
            trees.AddRange(member.Trees.Select(tree => tree with { LeafValues = [.. tree.LeafValues.Select(value => value * factor)] }));
            bias += (factor * member.Bias) - (weight * member.SigmoidOffset);
        }

        return TreeEnsemble.Create(trees, members[0].Artifact.Trees!.FeatureCount, bias);
    }

    public static TreeCovers? CoversOf(IReadOnlyList<EnsembleMember> members)
    {
        if (members.Any(member => member.Artifact.Covers is null))
        {
            return null;
        }

        return new TreeCovers(members
            .Select(member => member.Artifact.Covers!)
            .SelectMany(covers => Enumerable.Range(0, covers.TreeCount).Select(tree => covers.Leaves(tree).ToArray())));
    }
}
