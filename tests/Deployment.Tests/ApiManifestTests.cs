using k8s.Models;

namespace Levee.Deployment.Tests;

/// <summary>The names and numbers that the reference system's users know.</summary>
public sealed class ApiManifestTests(Manifests manifests) : IClassFixture<Manifests>
{
    private V1Container Container => manifests.Api.Spec.Template.Spec.Containers.Single();

    [Fact]
    public void Three_replicas_roll_without_a_gap()
    {
        var spec = manifests.Api.Spec;

        Assert.Equal(3, spec.Replicas);
        Assert.Equal("RollingUpdate", spec.Strategy.Type);
        Assert.Equal("1", spec.Strategy.RollingUpdate.MaxSurge.Value);
        Assert.Equal("0", spec.Strategy.RollingUpdate.MaxUnavailable.Value);
    }

    [Fact]
    public void The_container_is_ml_api_v1_on_port_8000()
    {
        Assert.Equal("api", Container.Name);
        Assert.Equal("ml-api:v1", Container.Image);
        Assert.Equal(8000, Container.Ports.Single().ContainerPort);
    }

    [Fact]
    public void Liveness_and_readiness_are_probed_as_in_the_reference()
    {
        var live = Container.LivenessProbe;
        var ready = Container.ReadinessProbe;

        Assert.Equal("/health/live", live.HttpGet.Path);
        Assert.Equal((10, 10, 3), (live.InitialDelaySeconds, live.PeriodSeconds, live.FailureThreshold));
        Assert.Equal("/health/ready", ready.HttpGet.Path);
        Assert.Equal((5, 5), (ready.InitialDelaySeconds, ready.PeriodSeconds));
    }

    [Fact]
    public void Resources_are_those_of_the_reference()
    {
        Assert.Equal("512Mi", Container.Resources.Requests["memory"].ToString());
        Assert.Equal("250m", Container.Resources.Requests["cpu"].ToString());
        Assert.Equal("1Gi", Container.Resources.Limits["memory"].ToString());
        Assert.Equal("500m", Container.Resources.Limits["cpu"].ToString());
    }

    [Fact]
    public void The_service_leads_port_80_to_the_container()
    {
        var service = manifests.Single<V1Service>("fraud-detection-api-service");
        var port = service.Spec.Ports.Single();

        Assert.Equal(80, port.Port);
        Assert.Equal(8000, Container.Ports.Single(p => p.Name == port.TargetPort.Value || $"{p.ContainerPort}" == port.TargetPort.Value).ContainerPort);
    }

    [Fact]
    public void The_autoscaler_keeps_3_to_10_pods_at_70_percent_cpu_and_80_percent_memory()
    {
        var scaler = manifests.OfType<V2HorizontalPodAutoscaler>().Single().Spec;

        Assert.Equal(("Deployment", manifests.Api.Metadata.Name), (scaler.ScaleTargetRef.Kind, scaler.ScaleTargetRef.Name));
        Assert.Equal((3, 10), (scaler.MinReplicas, scaler.MaxReplicas));
        Assert.All(scaler.Metrics, metric => Assert.Equal("Utilization", metric.Resource.Target.Type));
        Assert.Equal(
            [("cpu", 70), ("memory", 80)],
            scaler.Metrics.Select(metric => (metric.Resource.Name, metric.Resource.Target.AverageUtilization)).Order());
    }

    [Fact]
    public void It_takes_the_role_api_and_nothing_else() =>
        Assert.Equal(["api"], Container.Env.Where(e => e.Name.StartsWith("Levee__Roles__", StringComparison.Ordinal)).Select(e => e.Value));
}
