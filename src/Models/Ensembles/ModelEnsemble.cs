using System.Globalization;

namespace Levee.Models;

/// <summary>
/// A weighted mean of model versions. Immutable. The members are held, not looked up: an ensemble serves whatever becomes of its members in
/// the registry.
/// </summary>
public sealed class ModelEnsemble
{
    /// <summary>Most members.</summary>
    public const int MaxMembers = 16;

    /// <summary>How far the weights' sum may be from 1.</summary>
    public const double WeightTolerance = 1e-6;

    /// <summary>Puts an ensemble together.</summary>
    /// <param name="members">Two to <see cref="MaxMembers"/> different versions, none of them an ensemble, of one feature list.</param>
    /// <param name="space">What is averaged; null for margins when all members are trees, else probabilities.</param>
    /// <exception cref="ModelArtifactException">The members do not go together; the message names the one that does not.</exception>
    public ModelEnsemble(IReadOnlyList<EnsembleMember> members, AveragingSpace? space = null)
    {
        ArgumentNullException.ThrowIfNull(members);
        Members = [.. members];
        Check(Members);
        var areTrees = Members.All(member => member.Artifact.Kind == ModelKind.Trees);
        Space = space ?? (areTrees ? AveragingSpace.Margin : AveragingSpace.Probability);
        if (Space == AveragingSpace.Margin && Members.FirstOrDefault(member => member.Artifact.Kind != ModelKind.Trees) is { } other)
        {
            throw new ModelArtifactException(
                $"{other.Version} is not made of trees: margins can be averaged of trees only, probabilities of any model.");
        }

        Classifier = Space == AveragingSpace.Margin ? MarginSum.Of(Members) : new MeanProbability(Members);
        Covers = Space == AveragingSpace.Margin ? MarginSum.CoversOf(Members) : null;
    }

    /// <summary>The members, in the order given.</summary>
    public IReadOnlyList<EnsembleMember> Members { get; }

    /// <summary>What is averaged.</summary>
    public AveragingSpace Space { get; }

    /// <summary>Gives the mean; in the space of margins one ensemble of all members' trees.</summary>
    public IBinaryClassifier Classifier { get; }

    /// <summary>Where the members' training rows went; null when it is not known or margins are not averaged.</summary>
    internal TreeCovers? Covers { get; }

    private static void Check(IReadOnlyList<EnsembleMember> members)
    {
        if (members.Count is < 2 or > MaxMembers)
        {
            throw new ModelArtifactException($"An ensemble has 2 to {MaxMembers} members, not {members.Count}.");
        }

        var first = members[0];
        foreach (var member in members)
        {
            if (member.Weight is not (> 0 and <= 1))
            {
                throw new ModelArtifactException(string.Create(
                    CultureInfo.InvariantCulture, $"The weight of {member.Version} is {member.Weight}; it must be above 0 and at most 1."));
            }

            if (members.Count(other => other.Version == member.Version) > 1)
            {
                throw new ModelArtifactException($"{member.Version} is named twice.");
            }

            if (member.Artifact.Kind == ModelKind.Ensemble)
            {
                throw new ModelArtifactException($"{member.Version} is an ensemble itself; name its members.");
            }

            if (member.Artifact.Metadata.FeatureHash != first.Artifact.Metadata.FeatureHash)
            {
                throw new ModelArtifactException(
                    $"{member.Version} has the feature list {member.Artifact.Metadata.FeatureHash}, {first.Version} has " +
                    $"{first.Artifact.Metadata.FeatureHash}; members need the same.");
            }
        }

        var sum = members.Sum(member => member.Weight);
        if (Math.Abs(sum - 1) > WeightTolerance)
        {
            throw new ModelArtifactException(string.Create(
                CultureInfo.InvariantCulture, $"The weights add up to {sum:0.######}; they must add up to 1."));
        }
    }
}
