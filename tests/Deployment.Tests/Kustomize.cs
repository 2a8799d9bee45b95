using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Levee.Deployment.Tests;

/// <summary>
/// Renders the features of kustomize that k8s/ uses (resources, namespace, generators with env files), so that the tests need no
/// installed program. Where kubectl is installed the tests render with it as well and compare. Anything else is refused, not ignored.
/// </summary>
internal static class Kustomize
{
    private static readonly string[] Known = ["apiVersion", "kind", "namespace", "resources", "configMapGenerator", "secretGenerator"];
    private static readonly string[] ClusterScoped = ["Namespace", "ClusterRole", "ClusterRoleBinding"];
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Render(string folder)
    {
        var kustomization = (YamlMappingNode)Documents(Path.Combine(folder, "kustomization.yaml")).Single();
        var unknown = kustomization.Children.Keys.Select(key => key.ToString()).Except(Known).ToList();
        if (unknown.Count > 0)
        {
            throw new NotSupportedException($"kustomization.yaml uses {string.Join(", ", unknown)}, which this renderer does not know.");
        }

        var documents = Items(kustomization, "resources").SelectMany(file => Documents(Path.Combine(folder, file.ToString()))).ToList();
        foreach (var (kind, key) in (ReadOnlySpan<(string, string)>)[("ConfigMap", "configMapGenerator"), ("Secret", "secretGenerator")])
        {
            foreach (var generator in Items(kustomization, key).Cast<YamlMappingNode>())
            {
                var (name, generated) = Generate(folder, kind, generator);
                documents.ForEach(document => Rename(document, kind, name, generated["metadata"]["name"].ToString()));
                documents.Add(generated);
            }
        }

        var space = kustomization["namespace"].ToString();
        foreach (var document in documents.Cast<YamlMappingNode>().Where(d => !ClusterScoped.Contains(d["kind"].ToString())))
        {
            ((YamlMappingNode)document["metadata"]).Children[new YamlScalarNode("namespace")] = new YamlScalarNode(space);
        }

        return string.Join("---\n", documents.Select(Text));
    }

    /// <summary>The rendering of the installed kubectl, or null when there is none that is new enough.</summary>
    public static string? RenderWithKubectl(string folder)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("kubectl", ["kustomize", folder])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            var said = error.GetAwaiter().GetResult();
            if (process.ExitCode == 0 || said.Contains("unknown field \"envs\"", StringComparison.Ordinal))
            {
                return process.ExitCode == 0 ? output : null; // Before 1.21 it does not know env files.
            }

            throw new InvalidOperationException($"kubectl kustomize: {said}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static IEnumerable<YamlNode> Items(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var items) ? (YamlSequenceNode)items : [];

    private static List<YamlNode> Documents(string file)
    {
        using var reader = File.OpenText(file);
        var stream = new YamlStream();
        stream.Load(reader);
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    private static (string Name, YamlMappingNode Document) Generate(string folder, string kind, YamlMappingNode generator)
    {
        var unknown = generator.Children.Keys.Select(key => key.ToString()).Except(["name", "envs"]).ToList();
        if (unknown.Count > 0)
        {
            throw new NotSupportedException($"A generator uses {string.Join(", ", unknown)}, which this renderer does not know.");
        }

        var data = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Items(generator, "envs").SelectMany(file => File.ReadLines(Path.Combine(folder, file.ToString()))))
        {
            if (line.Length > 0 && line[0] != '#')
            {
                var parts = line.Split('=', 2);
                data.Add(parts[0], kind == "Secret" ? Wrap(Convert.ToBase64String(Encoding.UTF8.GetBytes(parts[1]))) : parts[1]);
            }
        }

        // kustomize hashes the JSON with sorted keys and, by an oversight that became its format, an empty name.
        var content = new SortedDictionary<string, object>(StringComparer.Ordinal) { ["kind"] = kind, ["name"] = "", ["data"] = data };
        if (kind == "Secret")
        {
            content["type"] = "Opaque";
        }

        var name = generator["name"].ToString();
        var document = new YamlMappingNode
        {
            { "apiVersion", "v1" },
            { "kind", kind },
            { "metadata", new YamlMappingNode { { "name", $"{name}-{Suffix(JsonSerializer.Serialize(content, Json))}" } } },
            { "data", new YamlMappingNode(data.SelectMany(pair => new YamlNode[] { Quoted(pair.Key), Quoted(pair.Value) })) },
        };
        if (kind == "Secret")
        {
            document.Add("type", "Opaque");
        }

        return (name, document);
    }

    private static string Text(YamlNode document)
    {
        using var text = new StringWriter();
        new YamlStream(new YamlDocument(document)).Save(text, assignAnchors: false);
        return text.ToString().Replace("...\n", "", StringComparison.Ordinal);
    }

    private static YamlScalarNode Quoted(string value) => new(value) { Style = YamlDotNet.Core.ScalarStyle.DoubleQuoted };

    // Long values get line breaks, which are part of what is hashed.
    private static string Wrap(string base64) =>
        base64.Length <= 70 ? base64 : string.Concat(base64.Chunk(70).Select(line => new string(line) + "\n"));

    private static string Suffix(string json)
    {
        var escaped = json.Replace("<", "\\u003c", StringComparison.Ordinal)
            .Replace(">", "\\u003e", StringComparison.Ordinal)
            .Replace("&", "\\u0026", StringComparison.Ordinal);
        var hex = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(escaped)))[..10];
        return hex.Replace('0', 'g').Replace('1', 'h').Replace('3', 'k').Replace('a', 'm').Replace('e', 't');
    }

    /// <summary>Gives every reference to a generated object its generated name.</summary>
    private static void Rename(YamlNode node, string kind, string from, string to)
    {
        if (node is YamlSequenceNode sequence)
        {
            foreach (var item in sequence)
            {
                Rename(item, kind, from, to);
            }
        }
        else if (node is YamlMappingNode mapping)
        {
            foreach (var (key, value) in mapping)
            {
                var field = (kind, key.ToString()) switch
                {
                    ("ConfigMap", "configMapRef" or "configMapKeyRef" or "configMap") => "name",
                    ("Secret", "secretRef" or "secretKeyRef") => "name",
                    ("Secret", "secret") => "secretName",
                    _ => null,
                };
                if (field is not null && value is YamlMappingNode reference && reference[field] is YamlScalarNode name && name.Value == from)
                {
                    name.Value = to;
                }

                Rename(value, kind, from, to);
            }
        }
    }
}
