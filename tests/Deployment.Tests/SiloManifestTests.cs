using k8s.Models;

namespace Levee.Deployment.Tests;

public sealed class SiloManifestTests(Manifests manifests) : IClassFixture<Manifests>
{
    private V1PodTemplateSpec Template => manifests.Silo.Spec.Template;

    private V1Container Container => Template.Spec.Containers.Single();

    [Fact]
    public void Silos_listen_for_each_other_for_clients_and_for_probes() =>
        Assert.Equal(
            [("gateway", 30000), ("http", 8000), ("silo", 11111)],
            Container.Ports.Select(port => (port.Name, port.ContainerPort)).Order());

    [Fact]
    public void The_program_is_told_the_port_that_is_probed()
    {
        var arguments = Container.Args.ToList();

        Assert.Equal($"{Container.Ports.Single(port => port.Name == "http").ContainerPort}", arguments[arguments.IndexOf("--port") + 1]);
        Assert.Contains("--no-demo", arguments);
    }

    [Theory]
    [InlineData("POD_NAME", "metadata.name")]
    [InlineData("POD_NAMESPACE", "metadata.namespace")]
    [InlineData("POD_IP", "status.podIP")]
    [InlineData("ORLEANS_SERVICE_ID", "metadata.labels['orleans/serviceId']")]
    [InlineData("ORLEANS_CLUSTER_ID", "metadata.labels['orleans/clusterId']")]
    public void Orleans_learns_who_it_is_from_the_pod(string variable, string field) =>
        Assert.Equal(field, Container.Env.Single(e => e.Name == variable).ValueFrom.FieldRef.FieldPath);

    [Fact]
    public void Pods_carry_the_labels_by_which_Orleans_finds_them()
    {
        Assert.Equal("levee", Template.Metadata.Labels["orleans/serviceId"]);
        Assert.Equal("levee", Template.Metadata.Labels["orleans/clusterId"]);
    }

    [Fact]
    public void Their_account_may_read_and_delete_pods_and_no_more()
    {
        var binding = manifests.OfType<V1RoleBinding>().Single();
        var role = manifests.Single<V1Role>(binding.RoleRef.Name);
        var rule = role.Rules.Single();

        Assert.Equal((Template.Spec.ServiceAccountName, "mlops"), (binding.Subjects.Single().Name, binding.Subjects.Single().NamespaceProperty));
        Assert.Equal(["pods"], rule.Resources);
        Assert.Equal(["delete", "get", "list", "watch"], rule.Verbs.Order());
    }

    [Fact]
    public void They_have_a_minute_to_hand_over_before_they_are_killed() =>
        Assert.True(Template.Spec.TerminationGracePeriodSeconds >= 60);

    [Fact]
    public void Together_with_the_api_they_take_every_role()
    {
        var roles = new[] { manifests.Api, manifests.Silo }
            .SelectMany(deployment => deployment.Spec.Template.Spec.Containers.Single().Env)
            .Where(e => e.Name.StartsWith("Levee__Roles__", StringComparison.Ordinal))
            .Select(e => e.Value);

        Assert.Equal(["api", "stream", "train"], roles.Order());
    }
}
