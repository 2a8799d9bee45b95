using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Levee.Models;

/// <summary>
/// The zip file of an artifact: manifest.json (format version, kind and each part's SHA-256), meta.json, probe.bin, since format version 2
/// calibration.json, and what serves. Trees: trees.bin, model.zip and, when it is known where training rows went, covers.bin. ML.NET: model.zip
/// alone. Ensemble: ensemble.json and each member's whole artifact. Trees are written as format 2, which older programs read too; the other
/// kinds are format 3.
/// </summary>
internal static class ModelArtifactFormat
{
    private const int TreesFormatVersion = 2;
    private const int FormatVersion = 3;
    private const int OldestFormatVersion = 1;
    private const int MaxPartBytes = 256 * 1024 * 1024;
    private const string ManifestPart = "manifest.json";
    private const string MetadataPart = "meta.json";
    private const string TreesPart = "trees.bin";
    private const string ProbePart = "probe.bin";
    private const string MlNetPart = "model.zip";
    private const string CalibrationPart = "calibration.json";
    private const string CoversPart = "covers.bin";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
        NewLine = "\n",
    };

    public static byte[] Write(ModelArtifact artifact)
    {
        // Sorted dictionaries: the order of a hash table must not show in the bytes.
        var metadata = artifact.Metadata with
        {
            Parameters = new SortedDictionary<string, string>(artifact.Metadata.Parameters.ToDictionary(), StringComparer.Ordinal),
            Packages = new SortedDictionary<string, string>(artifact.Metadata.Packages.ToDictionary(), StringComparer.Ordinal),
        };
        var parts = new List<(string Name, ReadOnlyMemory<byte> Content)> { (MetadataPart, JsonSerializer.SerializeToUtf8Bytes(metadata, Json)) };
        if (artifact.Kind == ModelKind.Trees)
        {
            parts.Add((TreesPart, artifact.Trees!.Serialize()));
        }

        parts.Add((ProbePart, WriteProbe(artifact.Probe)));
        if (artifact.Ensemble is { } ensemble)
        {
            parts.AddRange(EnsembleParts.Write(ensemble, Json));
        }
        else
        {
            parts.Add((MlNetPart, artifact.MlNetModel));
        }

        parts.Add((CalibrationPart, JsonSerializer.SerializeToUtf8Bytes(
            new StoredCalibration(artifact.Calibration.Kind, artifact.Calibration.Parameters), Json)));
        if (artifact.Kind == ModelKind.Trees && artifact.Covers is { } covers)
        {
            parts.Add((CoversPart, WriteCovers(covers)));
        }

        var sha256 = new SortedDictionary<string, string>(parts.ToDictionary(p => p.Name, p => Hash(p.Content.Span)), StringComparer.Ordinal);
        var manifest = artifact.Kind == ModelKind.Trees
            ? new Manifest(TreesFormatVersion, sha256)
            : new Manifest(FormatVersion, sha256) { Kind = artifact.Kind.ToString() };
        return DeterministicZip.Write(parts.Prepend((ManifestPart, JsonSerializer.SerializeToUtf8Bytes(manifest, Json))));
    }

    public static ModelArtifact Read(ReadOnlyMemory<byte> data, string expectedFeatureHash, ClassifierLoader? loader)
    {
        ArgumentException.ThrowIfNullOrEmpty(expectedFeatureHash);
        try
        {
            using var zip = new ZipArchive(new MemoryStream(data.ToArray()), ZipArchiveMode.Read);
            var manifest = JsonSerializer.Deserialize<Manifest>(ReadPart(zip, ManifestPart), Json)
                ?? throw new ModelArtifactException($"{ManifestPart} is empty.");
            if (manifest.FormatVersion is < OldestFormatVersion or > FormatVersion)
            {
                throw new ModelArtifactException(
                    $"The model artifact has format version {manifest.FormatVersion}; this program reads versions {OldestFormatVersion} to {FormatVersion}.");
            }

            var metadata = JsonSerializer.Deserialize<ModelMetadata>(ReadVerified(zip, manifest, MetadataPart), Json)
                ?? throw new ModelArtifactException($"{MetadataPart} is empty.");
            if (!string.Equals(metadata.FeatureHash, expectedFeatureHash, StringComparison.Ordinal))
            {
                throw new ModelArtifactException(
                    $"The model was trained on the feature list {metadata.FeatureHash}, but the feature list in use is " +
                    $"{expectedFeatureHash}. Train again, choose the list that it was trained on (Levee:Features:List), or run the release that " +
                    "it was trained with.");
            }

            var probe = ReadProbe(ReadVerified(zip, manifest, ProbePart));
            var calibration = manifest.FormatVersion == OldestFormatVersion ? null : ReadCalibration(ReadVerified(zip, manifest, CalibrationPart));
            return manifest.ReadKind() switch
            {
                ModelKind.Ensemble => ModelArtifact.OfEnsemble(
                    metadata,
                    EnsembleParts.Read(part => ReadVerified(zip, manifest, part), Json, expectedFeatureHash, loader),
                    probe,
                    calibration),
                ModelKind.MlNet => ReadMlNet(metadata, ReadVerified(zip, manifest, MlNetPart), probe, calibration, loader),
                _ => ReadTrees(zip, manifest, metadata, probe, calibration),
            };
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or JsonException or ModelFormatException or IOException
            or ArgumentException)
        {
            throw new ModelArtifactException($"The model artifact is damaged: {e.Message}", e);
        }
    }

    private static ModelArtifact ReadTrees(
        ZipArchive zip, Manifest manifest, ModelMetadata metadata, ProbeSet probe, ProbabilityCalibration? calibration)
    {
        var trees = TreeEnsemble.Deserialize(ReadVerified(zip, manifest, TreesPart));
        return new ModelArtifact(
            metadata,
            trees,
            ReadVerified(zip, manifest, MlNetPart),
            probe,
            calibration,
            manifest.Sha256.ContainsKey(CoversPart) ? ReadCovers(ReadVerified(zip, manifest, CoversPart), trees) : null);
    }

    private static ModelArtifact ReadMlNet(
        ModelMetadata metadata, byte[] model, ProbeSet probe, ProbabilityCalibration? calibration, ClassifierLoader? loader)
    {
        if (loader is null)
        {
            throw new ModelArtifactException("The model is served by ML.NET, which this program does not load.");
        }

        return ModelArtifact.OfMlNet(metadata, loader(model, metadata.FeatureNames.Count), model, probe, calibration);
    }

    private static byte[] ReadVerified(ZipArchive zip, Manifest manifest, string part)
    {
        var content = ReadPart(zip, part);
        if (!manifest.Sha256.TryGetValue(part, out var expected) || expected != Hash(content))
        {
            throw new ModelArtifactException($"The model artifact is damaged: {part} does not have the SHA-256 that {ManifestPart} names.");
        }

        return content;
    }

    private static byte[] ReadPart(ZipArchive zip, string part)
    {
        var entry = zip.GetEntry(part) ?? throw new ModelArtifactException($"The model artifact is damaged: {part} is missing.");
        return DeterministicZip.ReadAll(entry, MaxPartBytes);
    }

    private static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    // Columns, rows, then the values column by column (which compresses better than rows), then the probabilities. Little endian.
    private static byte[] WriteProbe(ProbeSet probe)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(probe.Columns);
        writer.Write(probe.Count);
        for (var column = 0; column < probe.Columns; column++)
        {
            for (var row = 0; row < probe.Count; row++)
            {
                writer.Write(probe.Rows[(row * probe.Columns) + column]);
            }
        }

        foreach (var probability in probe.Probabilities)
        {
            writer.Write(probability);
        }

        return stream.ToArray();
    }

    private static ProbeSet ReadProbe(byte[] content)
    {
        var header = MemoryMarshal.Cast<byte, int>(content.AsSpan(0, 8));
        var (columns, count) = (header[0], header[1]);
        if (columns <= 0 || count <= 0 || content.Length != 8 + (((long)columns + 1) * count * sizeof(float)))
        {
            throw new InvalidDataException($"{ProbePart} does not hold {count} rows of {columns} features.");
        }

        var values = MemoryMarshal.Cast<byte, float>(content.AsSpan(8));
        var rows = new float[columns * count];
        for (var row = 0; row < count; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                rows[(row * columns) + column] = values[(column * count) + row];
            }
        }

        return new ProbeSet(columns, rows, values[(columns * count)..]);
    }

    private static ProbabilityCalibration ReadCalibration(byte[] content)
    {
        var stored = JsonSerializer.Deserialize<StoredCalibration>(content, Json)
            ?? throw new ModelArtifactException($"{CalibrationPart} is empty.");
        return ProbabilityCalibration.Create(stored.Kind, stored.Parameters);
    }

    // The counts of all leaves, tree by tree, little endian; how many each tree has is known from the trees.
    private static byte[] WriteCovers(TreeCovers covers)
    {
        using var stream = new MemoryStream();
        for (var tree = 0; tree < covers.TreeCount; tree++)
        {
            stream.Write(MemoryMarshal.AsBytes(covers.Leaves(tree)));
        }

        return stream.ToArray();
    }

    private static TreeCovers ReadCovers(byte[] content, TreeEnsemble trees)
    {
        if (content.Length != sizeof(int) * trees.Trees.Sum(tree => (long)tree.LeafValues.Count))
        {
            throw new InvalidDataException($"{CoversPart} does not hold a count for each leaf.");
        }

        var position = 0;
        return new TreeCovers([.. trees.Trees.Select(tree =>
        {
            var size = tree.LeafValues.Count * sizeof(int);
            var counts = MemoryMarshal.Cast<byte, int>(content.AsSpan(position, size)).ToArray();
            position += size;
            return counts;
        })]);
    }

    /// <summary>A calibration as it is stored.</summary>
    private sealed record StoredCalibration(string Kind, IReadOnlyList<double> Parameters);

    /// <summary>Format version, kind (none means trees) and the SHA-256 of each part.</summary>
    private sealed record Manifest(int FormatVersion, IReadOnlyDictionary<string, string> Sha256)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Kind { get; init; }

        public ModelKind ReadKind() => Kind switch
        {
            null => ModelKind.Trees,
            nameof(ModelKind.MlNet) => ModelKind.MlNet,
            nameof(ModelKind.Ensemble) => ModelKind.Ensemble,
            _ => throw new InvalidDataException($"{ManifestPart} names the unknown kind '{Kind}'."),
        };
    }
}
