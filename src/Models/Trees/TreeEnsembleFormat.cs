namespace Levee.Models;

/// <summary>
/// The compact binary form of an ensemble, little endian: magic, version, feature count, bias, slope, offset, tree count; then per tree the
/// number of splits, the splits and the leaf values.
/// </summary>
internal static class TreeEnsembleFormat
{
    private const uint Magic = 0x5254564C; // "LVTR"
    private const byte Version = 1;

    public static byte[] Write(TreeEnsemble ensemble)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
        {
            writer.Write(Magic);
            writer.Write(Version);
            writer.Write(ensemble.FeatureCount);
            writer.Write(ensemble.Bias);
            writer.Write(ensemble.SigmoidSlope);
            writer.Write(ensemble.SigmoidOffset);
            writer.Write(ensemble.TreeCount);
            foreach (var tree in ensemble.Trees)
            {
                writer.Write(tree.Splits.Count);
                foreach (var split in tree.Splits)
                {
                    writer.Write((ushort)split.Feature);
                    writer.Write((byte)((int)split.Missing | (split.DefaultLeft ? 4 : 0)));
                    writer.Write(split.Threshold);
                    writer.Write(split.Left);
                    writer.Write(split.Right);
                }

                foreach (var value in tree.LeafValues)
                {
                    writer.Write(value);
                }
            }
        }

        return stream.ToArray();
    }

    public static TreeEnsemble Read(ReadOnlySpan<byte> data)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(data.ToArray()));
            if (reader.ReadUInt32() != Magic)
            {
                throw new ModelFormatException("The bytes are not a Levee tree ensemble.");
            }

            var version = reader.ReadByte();
            if (version != Version)
            {
                throw new ModelFormatException($"The tree ensemble has format version {version}; this program reads version {Version}.");
            }

            var featureCount = ReadCount(reader, TreeNode.MaxSlots, "features");
            var bias = reader.ReadDouble();
            var slope = reader.ReadDouble();
            var offset = reader.ReadDouble();
            var trees = new TreeDefinition[ReadCount(reader, TreeNode.MaxNodes, "trees")];
            for (var i = 0; i < trees.Length; i++)
            {
                trees[i] = ReadTree(reader);
            }

            if (reader.BaseStream.Position != reader.BaseStream.Length)
            {
                throw new ModelFormatException("The tree ensemble has bytes after its end.");
            }

            return TreeEnsemble.Create(trees, featureCount, bias, slope, offset);
        }
        catch (EndOfStreamException e)
        {
            throw new ModelFormatException("The tree ensemble is cut short.", e);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new ModelFormatException($"The tree ensemble is malformed: {e.Message}", e);
        }
    }

    private static TreeDefinition ReadTree(BinaryReader reader)
    {
        var splits = new TreeSplit[ReadCount(reader, TreeNode.MaxNodes, "splits")];
        for (var i = 0; i < splits.Length; i++)
        {
            var feature = reader.ReadUInt16();
            var flags = reader.ReadByte();
            var missing = flags & 3;
            if (flags > 7 || missing > (int)MissingKind.NaN)
            {
                throw new ModelFormatException($"A split has the unknown flags {flags}.");
            }

            var threshold = reader.ReadSingle();
            splits[i] = new TreeSplit(feature, threshold, reader.ReadInt32(), reader.ReadInt32(), (MissingKind)missing, (flags & 4) != 0);
        }

        var leaves = new double[splits.Length + 1];
        for (var i = 0; i < leaves.Length; i++)
        {
            leaves[i] = reader.ReadDouble();
        }

        return new TreeDefinition(splits, leaves);
    }

    // Bounded before anything is allocated, also by the bytes that are left: a damaged count must not exhaust memory.
    private static int ReadCount(BinaryReader reader, int most, string what)
    {
        var count = reader.ReadInt32();
        if (count < 0 || count > most || count > reader.BaseStream.Length)
        {
            throw new ModelFormatException($"The tree ensemble claims {count} {what}; at most {most} are possible.");
        }

        return count;
    }
}
