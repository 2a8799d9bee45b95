using System.Text.Json.Nodes;
using k8s;

namespace Levee.Deployment.Tests;

public sealed class KustomizationTests(Manifests manifests) : IClassFixture<Manifests>
{
    [Fact]
    public void The_tests_own_renderer_gives_what_kubectl_gives()
    {
        // Without kubectl both sides are the own renderer's; the fixed names below then still tie it to kustomize.
        Assert.Equal(Canonical(manifests.Text), Canonical(Kustomize.Render(manifests.Folder)));
    }

    [Fact]
    public void Generated_names_are_those_of_kustomize()
    {
        using var folder = new TemporaryFolder();
        folder.Write("kustomization.yaml", "namespace: mlops\nconfigMapGenerator:\n- name: c\n  envs: [c.env]\nsecretGenerator:\n- name: s\n  envs: [s.env]\n");
        folder.Write("c.env", "Levee__Kafka__BootstrapServers=kafka.kafka.svc.cluster.local:9092\n");
        folder.Write("s.env", "A=Host=postgres.example.internal;Database=levee;Username=levee;Password=x&y<z>;SSL Mode=VerifyFull\n");

        // Found with kubectl 1.32 (kustomize 5.5).
        Assert.Equal(["c-76628dd629", "s-549c57c8c5"], Manifests.Parse(Kustomize.Render(folder.Path)).Select(item => item.Metadata.Name));
    }

    [Fact]
    public void A_feature_that_the_renderer_does_not_know_is_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("kustomization.yaml", "namespace: mlops\nnamePrefix: x-\n");

        Assert.Throws<NotSupportedException>(() => Kustomize.Render(folder.Path));
    }

    [Fact]
    public void An_unknown_field_is_an_error()
    {
        var planted = manifests.Text.Replace("maxReplicas: 10", "maxReplicas: 10\n  maxReplica: 10", StringComparison.Ordinal);

        Assert.NotEqual(manifests.Text, planted);
        Assert.ThrowsAny<Exception>(() => Manifests.Parse(planted));
    }

    [Fact]
    public void Nothing_is_rendered_without_the_secret()
    {
        var secret = Path.Combine(manifests.Folder, "secrets.env");
        var hidden = secret + ".hidden";
        File.Move(secret, hidden);
        try
        {
            Assert.ThrowsAny<Exception>(() => Kustomize.RenderWithKubectl(manifests.Folder) ?? Kustomize.Render(manifests.Folder));
        }
        finally
        {
            File.Move(hidden, secret);
        }
    }

    [Fact]
    public void Everything_is_in_namespace_mlops()
    {
        Assert.Single(manifests.All, item => item.Kind == "Namespace" && item.Metadata.Name == "mlops");
        Assert.All(manifests.All.Where(item => item.Kind != "Namespace"), item => Assert.Equal("mlops", item.Metadata.NamespaceProperty));
    }

    private static IEnumerable<string> Canonical(string yaml) =>
        Manifests.Parse(yaml).Select(item => Sorted(JsonNode.Parse(KubernetesJson.Serialize((object)item))!).ToJsonString()).Order(StringComparer.Ordinal);

    // The order of a map's entries means nothing and differs.
    private static JsonNode Sorted(JsonNode node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value is null ? null : Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(item => item is null ? null : Sorted(item))]),
        _ => node.DeepClone(),
    };
}
