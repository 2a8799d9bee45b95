using k8s;
using k8s.Models;

namespace Levee.Deployment.Tests;

/// <summary>k8s/ as a cluster would get it, every document in its typed model; a field that the model does not have is an error.</summary>
public sealed class Manifests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("levee-k8s-");

    public Manifests()
    {
        foreach (var file in Directory.EnumerateFiles(RepositoryFiles.At("k8s")))
        {
            File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)));
        }

        // As k8s/README.md says: the example stands in for the file that is never committed.
        File.Copy(Path.Combine(Folder, "secrets.env.example"), Path.Combine(Folder, "secrets.env"), overwrite: true);
        Text = Kustomize.RenderWithKubectl(Folder) ?? Kustomize.Render(Folder);
        All = Parse(Text);
    }

    public string Folder => _folder.FullName;

    public string Text { get; }

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> All { get; }

    public V1Deployment Api => Single<V1Deployment>("fraud-detection-api");

    public V1Deployment Silo => Single<V1Deployment>("levee-silo");

    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Parse(string yaml) =>
        [.. KubernetesYaml.LoadAllFromString(yaml, null, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()];

    public IEnumerable<T> OfType<T>() => All.OfType<T>();

    public T Single<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> => OfType<T>().Single(item => item.Metadata.Name == name);

    public void Dispose() => _folder.Delete(recursive: true);
}
