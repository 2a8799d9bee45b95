using System.Text.Json;
using System.Text.Json.Serialization;

namespace Levee.Models;

/// <summary>
/// An ensemble in an artifact: ensemble.json names space, members and weights; each member's whole artifact is a part of its own.
/// </summary>
internal static class EnsembleParts
{
    private const string DescriptionPart = "ensemble.json";

    public static IEnumerable<(string Name, ReadOnlyMemory<byte> Content)> Write(ModelEnsemble ensemble, JsonSerializerOptions json)
    {
        var description = new StoredEnsemble(
            ensemble.Space.ToString(), [.. ensemble.Members.Select(member => new StoredMember(member.Version, member.Weight))]);
        yield return (DescriptionPart, JsonSerializer.SerializeToUtf8Bytes(description, json));
        for (var i = 0; i < ensemble.Members.Count; i++)
        {
            yield return (PartOf(i), ensemble.Members[i].Artifact.ToBytes());
        }
    }

    public static ModelEnsemble Read(
        Func<string, byte[]> readPart, JsonSerializerOptions json, string featureHash, ClassifierLoader? loader)
    {
        var stored = JsonSerializer.Deserialize<StoredEnsemble>(readPart(DescriptionPart), json);
        if (stored is not { Members.Count: <= ModelEnsemble.MaxMembers } || !Enum.TryParse<AveragingSpace>(stored.Space, out var space))
        {
            throw new InvalidDataException($"{DescriptionPart} does not describe an ensemble.");
        }

        return new ModelEnsemble([.. stored.Members.Select(ReadMember)], space);

        EnsembleMember ReadMember(StoredMember member, int index)
        {
            try
            {
                var artifact = ModelArtifactFormat.Read(readPart(PartOf(index)), featureHash, loader);
                return new EnsembleMember(member.Version, member.Weight, artifact);
            }
            catch (ModelArtifactException e)
            {
                throw new ModelArtifactException($"Member {member.Version}: {e.Message}", e);
            }
        }
    }

    private static string PartOf(int member) => $"member-{member}.zip";

    /// <summary>An ensemble as it is stored.</summary>
    private sealed record StoredEnsemble(
        [property: JsonRequired] string Space, [property: JsonRequired] IReadOnlyList<StoredMember> Members);

    /// <summary>A member as it is stored.</summary>
    private sealed record StoredMember([property: JsonRequired] string Version, [property: JsonRequired] double Weight);
}
