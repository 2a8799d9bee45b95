using System.IO.Compression;

namespace Levee.Models.Tests;

public sealed class ModelArtifactTests
{
    private const string Hash = "6f1c";

    [Fact]
    public void Bytes_come_back_as_the_same_artifact()
    {
        var artifact = Make();
        var bytes = artifact.ToBytes();
        var copy = ModelArtifact.FromBytes(bytes, Hash);

        Assert.Equal(bytes, copy.ToBytes());
        Assert.Equal(artifact.TreesSha256, copy.TreesSha256);
        Assert.Equal(artifact.MlNetModel.ToArray(), copy.MlNetModel.ToArray());
        Assert.Equal(artifact.Metadata.FeatureNames, copy.Metadata.FeatureNames);
        Assert.Equal(artifact.Metadata.Metrics, copy.Metadata.Metrics);
        Assert.Equal(artifact.Metadata.Data, copy.Metadata.Data);
        Assert.Equal(artifact.Metadata.Parameters.OrderBy(p => p.Key), copy.Metadata.Parameters.OrderBy(p => p.Key));
        Assert.Equal(artifact.Metadata.CreatedAt, copy.Metadata.CreatedAt);
        Assert.Equal(artifact.Probe.Rows.ToArray(), copy.Probe.Rows.ToArray());
        float[] row = [0.3f, float.NaN, 2];
        Assert.Equal(artifact.Trees!.Predict(row), copy.Trees!.Predict(row));
    }

    [Fact]
    public void Calibration_and_covers_come_back_and_are_served()
    {
        var plain = Make();
        var covers = new TreeCovers(plain.Trees!.Trees.Select(tree => Enumerable.Range(1, tree.LeafValues.Count).ToArray()));
        var artifact = new ModelArtifact(plain.Metadata, plain.Trees!, [1], plain.Probe, new PlattCalibration(0.5, -1), covers);
        var copy = ModelArtifact.FromBytes(artifact.ToBytes(), Hash);
        float[] row = [0.3f, float.NaN, 2];

        Assert.Equal(artifact.ToBytes(), copy.ToBytes());
        Assert.Equal([0.5, -1], copy.Calibration.Parameters);
        Assert.Equal(copy.Calibration.Apply(plain.Trees!.Predict(row)), copy.Predict(row));
        Assert.NotEqual(plain.Predict(row), copy.Predict(row));
        Assert.Equal(covers.Leaves(3).ToArray(), copy.Covers!.Leaves(3).ToArray());
        Assert.Null(ModelArtifact.FromBytes(plain.ToBytes(), Hash).Covers);
        Assert.Throws<ModelArtifactException>(() => new ModelArtifact(plain.Metadata, plain.Trees!, [1], plain.Probe, null, new TreeCovers([[1]])));
    }

    [Fact]
    public void An_artifact_of_the_first_format_is_read_as_uncalibrated()
    {
        var bytes = Make().ToBytes();
        using var source = new ZipArchive(new MemoryStream(bytes));
        var parts = source.Entries.Where(entry => entry.FullName != "calibration.json").Select(entry =>
        {
            using var content = new MemoryStream();
            using (var stream = entry.Open())
            {
                stream.CopyTo(content);
            }

            var text = entry.FullName == "manifest.json"
                ? System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(content.ToArray())
                    .Replace("\"format_version\": 2", "\"format_version\": 1", StringComparison.Ordinal))
                : content.ToArray();
            return (entry.FullName, (ReadOnlyMemory<byte>)text);
        });

        var old = ModelArtifact.FromBytes(DeterministicZip.Write([.. parts]), Hash);

        Assert.Same(ProbabilityCalibration.None, old.Calibration);
        Assert.Equal(old.Trees!.Predict([0.3f, float.NaN, 2]), old.Predict([0.3f, float.NaN, 2]));
    }

    [Fact]
    public void Metrics_without_a_value_survive()
    {
        var metrics = BinaryMetrics.Evaluate([0.1], [false], 0.5);
        var copy = ModelArtifact.FromBytes(Make(m => m with { Metrics = metrics }).ToBytes(), Hash);
        Assert.Equal(double.NaN, copy.Metadata.Metrics.Auc);
    }

    [Fact]
    public void Another_feature_list_is_refused_naming_both()
    {
        var error = Assert.Throws<ModelArtifactException>(() => ModelArtifact.FromBytes(Make().ToBytes(), "a0b1"));
        Assert.Contains("6f1c", error.Message, StringComparison.Ordinal);
        Assert.Contains("a0b1", error.Message, StringComparison.Ordinal);
        Assert.Contains("Levee:Features:List", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trees_that_differ_from_the_probe_are_refused_naming_the_worst_row()
    {
        var artifact = Make();
        var probabilities = artifact.Probe.Probabilities.ToArray();
        probabilities[17] += 1e-5f;
        probabilities[23] += 2e-5f;
        var probe = new ProbeSet(3, artifact.Probe.Rows, probabilities);

        var error = Assert.Throws<ModelArtifactException>(() => new ModelArtifact(artifact.Metadata, artifact.Trees!, [1], probe));
        Assert.Contains("row 23", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trees.bin")]
    [InlineData("probe.bin")]
    [InlineData("meta.json")]
    [InlineData("model.zip")]
    public void A_changed_part_is_refused_naming_it(string part)
    {
        var error = Assert.Throws<ModelArtifactException>(() => ModelArtifact.FromBytes(Rewrite(part, c => c[^1] ^= 1), Hash));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_part_is_refused_naming_it()
    {
        var error = Assert.Throws<ModelArtifactException>(() => ModelArtifact.FromBytes(Rewrite("probe.bin", null), Hash));
        Assert.Contains("probe.bin is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_blobs_are_refused_and_never_crash()
    {
        var bytes = Make().ToBytes();
        var random = new Random(11);
        Assert.Throws<ModelArtifactException>(() => ModelArtifact.FromBytes(Array.Empty<byte>(), Hash));
        for (var i = 0; i < 300; i++)
        {
            var damaged = (byte[])bytes.Clone();
            if (i % 2 == 0)
            {
                damaged = damaged[..random.Next(damaged.Length)];
            }
            else
            {
                for (var flip = 0; flip < 5; flip++)
                {
                    damaged[random.Next(damaged.Length)] ^= (byte)random.Next(1, 256);
                }
            }

            try
            {
                // A flip may hit a byte without meaning, such as a time in the zip directory; what is read is then unchanged.
                Assert.Equal(bytes, ModelArtifact.FromBytes(damaged, Hash).ToBytes());
            }
            catch (ModelArtifactException)
            {
                // Refused, as it should be.
            }
        }
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_threshold_that_is_no_probability_is_refused(double threshold) =>
        Assert.Throws<ModelArtifactException>(() => Make(m => m with { Threshold = threshold }));

    [Fact]
    public void Names_that_do_not_fit_the_trees_are_refused() =>
        Assert.Throws<ModelArtifactException>(() => Make(m => m with { FeatureNames = ["a"] }));

    [Fact]
    public void A_normalised_zip_does_not_depend_on_times_and_order()
    {
        Assert.Equal(DeterministicZip.Normalise(Zip(2001, "a", "b")), DeterministicZip.Normalise(Zip(2020, "b", "a")));
        Assert.NotEqual(DeterministicZip.Normalise(Zip(2001, "a", "b")), DeterministicZip.Normalise(Zip(2001, "a", "c")));
    }

    private static byte[] Zip(int year, params string[] names)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in names)
            {
                var entry = zip.CreateEntry(name);
                entry.LastWriteTime = new DateTimeOffset(year, 2, 3, 4, 5, 6, TimeSpan.Zero);
                using var content = entry.Open();
                content.WriteByte(7);
            }
        }

        return stream.ToArray();
    }

    // Changes or drops a part, leaving the rest as it was.
    private static byte[] Rewrite(string part, Action<byte[]>? change)
    {
        using var source = new ZipArchive(new MemoryStream(Make().ToBytes()), ZipArchiveMode.Read);
        var entries = new List<(string, ReadOnlyMemory<byte>)>();
        foreach (var entry in source.Entries)
        {
            using var stream = entry.Open();
            var content = new byte[entry.Length];
            stream.ReadExactly(content);
            if (entry.FullName == part)
            {
                if (change is null)
                {
                    continue;
                }

                change(content);
            }

            entries.Add((entry.FullName, content));
        }

        return DeterministicZip.Write(entries);
    }

    private static ModelArtifact Make(Func<ModelMetadata, ModelMetadata>? change = null)
    {
        var random = new Random(4);
        var trees = TreeEnsemble.Create(RandomTrees.Make(random, 10, 3), 3);
        var rows = Enumerable.Range(0, 50).SelectMany(_ => RandomTrees.Row(random, 3)).ToArray();
        var probabilities = new double[50];
        trees.PredictBatch(rows, 3, probabilities);
        var metadata = new ModelMetadata
        {
            Name = "test",
            FeatureNames = ["a", "b", "c"],
            FeatureHash = Hash,
            Threshold = 0.3,
            ThresholdRule = "given",
            Metrics = BinaryMetrics.Evaluate([0.1, 0.9], [false, true], 0.3) with { CardPrecisionAt100 = 0.25 },
            Parameters = new Dictionary<string, string> { ["trees"] = "10", ["depth"] = "6" },
            RandomState = 4,
            Data = new DataSnapshot
            {
                Query = "none",
                Rows = 2,
                Sha256 = "00",
                From = DateTimeOffset.UnixEpoch,
                To = DateTimeOffset.UnixEpoch.AddDays(1),
            },
            CreatedAt = DateTimeOffset.UnixEpoch.AddDays(2),
            CodeVersion = "0.1.0",
            Packages = new Dictionary<string, string> { ["z"] = "1", ["a"] = "2" },
        };
        return new ModelArtifact(
            change?.Invoke(metadata) ?? metadata, trees, [1, 2, 3, 4], new ProbeSet(3, rows, [.. probabilities.Select(p => (float)p)]));
    }
}
