using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Levee.Training;

/// <summary>
/// A file of training parameters: one object of names and values, in JSON or YAML (JSON is YAML). The object may lie under a key
/// <c>parameters</c>, as in the params.json of a run.
/// </summary>
public static class ParameterFile
{
    private const string Section = "parameters";

    /// <summary>Reads a file's values by name.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TrainingParameterException">The file cannot be read or is not such an object.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), Path.GetFileName(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrainingParameterException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads values by name from a text.</summary>
    /// <param name="text">JSON or YAML.</param>
    /// <param name="name">What to call the text in messages.</param>
    /// <exception cref="TrainingParameterException">The text is not such an object.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Parse(string text, string name)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new TrainingParameterException($"{name} is neither JSON nor YAML: line {e.Start.Line}: {e.Message}", e);
        }

        if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
        {
            throw new TrainingParameterException($"{name} must hold one object of parameter names and values.");
        }

        if (root.Children is [var only] && only.Key is YamlScalarNode { Value: Section } && only.Value is YamlMappingNode section)
        {
            root = section;
        }

        var values = new List<KeyValuePair<string, string>>();
        foreach (var (key, value) in root.Children)
        {
            if (key is not YamlScalarNode { Value: { } parameter } || value is not YamlScalarNode scalar)
            {
                throw new TrainingParameterException($"{name}: {key} must have a single value.");
            }

            var isNull = scalar.Style == ScalarStyle.Plain && scalar.Value is null or "null" or "~" or "";
            values.Add(new(parameter, isNull ? "" : scalar.Value!));
        }

        return values;
    }
}
