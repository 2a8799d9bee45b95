using k8s.Models;

namespace Levee.Deployment.Tests;

/// <summary>What one document says of another is true.</summary>
public sealed class ManifestConsistencyTests(Manifests manifests) : IClassFixture<Manifests>
{
    private IEnumerable<V1PodTemplateSpec> Templates => manifests.OfType<V1Deployment>().Select(deployment => deployment.Spec.Template);

    private IEnumerable<V1Container> Containers => Templates.SelectMany(template => template.Spec.Containers);

    [Fact]
    public void Every_deployment_selects_its_own_pods_only() =>
        Assert.All(manifests.OfType<V1Deployment>(), deployment =>
            Assert.Same(deployment.Spec.Template, Assert.Single(Templates, t => Matches(deployment.Spec.Selector.MatchLabels, t))));

    [Fact]
    public void Every_service_selects_one_deployment_and_a_port_that_its_container_has() =>
        Assert.All(manifests.OfType<V1Service>(), service =>
        {
            var template = Assert.Single(Templates, t => Matches(service.Spec.Selector, t));
            var ports = template.Spec.Containers.SelectMany(c => c.Ports).Select(p => p.Name).ToList();
            Assert.All(service.Spec.Ports, port => Assert.Contains(port.TargetPort.Value, ports));
        });

    [Fact]
    public void Every_deployment_has_a_disruption_budget_that_lets_a_node_drain()
    {
        var budgets = manifests.OfType<V1PodDisruptionBudget>().ToList();

        Assert.All(manifests.OfType<V1Deployment>(), deployment =>
        {
            var budget = Assert.Single(budgets, b => Matches(b.Spec.Selector.MatchLabels, deployment.Spec.Template));
            Assert.True(budget.Spec.MaxUnavailable?.Value == "1" || int.Parse(budget.Spec.MinAvailable.Value) < deployment.Spec.Replicas);
        });
    }

    [Fact]
    public void Spread_constraints_mean_the_pods_own_label() =>
        Assert.All(Templates, template =>
            Assert.All(template.Spec.TopologySpreadConstraints, c => Assert.True(Matches(c.LabelSelector.MatchLabels, template))));

    [Fact]
    public void Every_config_map_secret_and_account_referred_to_exists()
    {
        var maps = Names<V1ConfigMap>();
        var secrets = Names<V1Secret>();
        var accounts = Names<V1ServiceAccount>();

        Assert.All(Templates, template => Assert.Contains(template.Spec.ServiceAccountName, accounts));
        Assert.All(Containers, container =>
        {
            Assert.Contains(container.EnvFrom, source => source.ConfigMapRef is { } map && maps.Contains(map.Name));
            Assert.Contains(container.EnvFrom, source => source.SecretRef is { } secret && secrets.Contains(secret.Name));
            Assert.DoesNotContain(container.EnvFrom, source => source.ConfigMapRef is { } map && !maps.Contains(map.Name));
            Assert.DoesNotContain(container.EnvFrom, source => source.SecretRef is { } secret && !secrets.Contains(secret.Name));
        });
    }

    [Fact]
    public void Every_mount_has_its_volume() =>
        Assert.All(Templates, template => Assert.All(
            template.Spec.Containers.SelectMany(c => c.VolumeMounts),
            mount => Assert.Contains(template.Spec.Volumes, volume => volume.Name == mount.Name)));

    [Fact]
    public void Every_probe_names_a_port_of_its_container() =>
        Assert.All(Containers, container => Assert.All(
            new[] { container.LivenessProbe, container.ReadinessProbe, container.StartupProbe }.OfType<V1Probe>(),
            probe => Assert.Contains(container.Ports, port => port.Name == probe.HttpGet.Port.Value)));

    [Fact]
    public void The_database_is_in_the_secret_and_no_credential_is_anywhere_else()
    {
        Assert.Contains("Levee__Postgres__ConnectionString", manifests.OfType<V1Secret>().Single().Data.Keys);
        var plain = manifests.OfType<V1ConfigMap>().SelectMany(map => map.Data)
            .Concat(Containers.SelectMany(c => c.Env).Where(e => e.Value is not null).Select(e => KeyValuePair.Create(e.Name, e.Value)));
        Assert.All(plain, pair => Assert.False(Credentials.AreIn(pair.Key, pair.Value), pair.Key));
    }

    [Fact]
    public void Every_image_has_a_tag_other_than_latest() =>
        Assert.All(Containers, container => Assert.True(ImageReference.HasFixedTag(container.Image), container.Image));

    [Fact]
    public void No_container_runs_as_root_or_can_write_to_its_image() =>
        Assert.All(Templates, template =>
        {
            Assert.True(template.Spec.SecurityContext.RunAsNonRoot);
            Assert.NotEqual(0, template.Spec.SecurityContext.RunAsUser);
            Assert.Equal("RuntimeDefault", template.Spec.SecurityContext.SeccompProfile.Type);
            Assert.All(template.Spec.Containers, container =>
            {
                Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
                Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
                Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
                Assert.Contains(container.VolumeMounts, mount => mount.MountPath == "/tmp");
            });
        });

    [Fact]
    public void Every_Levee_key_is_one_that_the_code_reads()
    {
        var keys = manifests.OfType<V1ConfigMap>().SelectMany(map => map.Data.Keys)
            .Concat(manifests.OfType<V1Secret>().SelectMany(secret => secret.Data.Keys))
            .Concat(Containers.SelectMany(c => c.Env).Select(e => e.Name).Where(name => name.Contains("__", StringComparison.Ordinal)));

        Assert.All(keys, key => Assert.True(ConfigurationKeys.AreKnown(key), key));
    }

    private static bool Matches(IDictionary<string, string> selector, V1PodTemplateSpec template) =>
        selector.Count > 0 && selector.All(pair => template.Metadata.Labels.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private List<string> Names<T>()
        where T : k8s.IKubernetesObject<V1ObjectMeta> => [.. manifests.OfType<T>().Select(item => item.Metadata.Name)];
}
