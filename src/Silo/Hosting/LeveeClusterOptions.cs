using System.ComponentModel.DataAnnotations;

namespace Levee.Silo.Hosting;

// "Levee": { "Cluster": { "ClusterId": "levee", "ServiceId": "levee", "SiloPort": 0, "GatewayPort": 0, "AdvertisedAddress": "" } }

/// <summary>How this silo joins its cluster; configuration section <c>Levee:Cluster</c>.</summary>
internal sealed class LeveeClusterOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Levee:Cluster";

    /// <summary>Silos of one cluster id find each other through PostgreSQL. Defaults to "levee".</summary>
    [Required]
    public string ClusterId { get; set; } = "levee";

    /// <summary>Reminders and grain storage belong to the service id, across deployments. Defaults to "levee".</summary>
    [Required]
    public string ServiceId { get; set; } = "levee";

    /// <summary>Port for other silos, 0 to 65535. Defaults to 0: any free one.</summary>
    [Range(0, 65535)]
    public int SiloPort { get; set; }

    /// <summary>Port for clients, 0 to 65535. Defaults to 0: any free one.</summary>
    [Range(0, 65535)]
    public int GatewayPort { get; set; }

    /// <summary>
    /// Address that other silos use. Empty means the loopback address when PostgreSQL is on this machine, else the machine's own.
    /// </summary>
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>
    /// Minutes after which a customer or merchant that nothing comes for leaves memory, 1 to 10,080; its next transaction reads the state
    /// again. Defaults to 15.
    /// </summary>
    [Range(1, 10_080)]
    public int IdleMinutes { get; set; } = 15;

    /// <summary>
    /// Whether the grains that were idle longest leave memory early when the process has used most of what it may. Defaults to true.
    /// </summary>
    public bool ShedOnMemoryPressure { get; set; } = true;

    /// <summary>
    /// Whether names, labels and addresses come from Kubernetes, and dead pods from its API. Null, the default, means: when the
    /// environment names the pod and its namespace, as the manifests do.
    /// </summary>
    public bool? Kubernetes { get; set; }

    /// <summary>The setting, or what the environment says.</summary>
    public bool RunsInKubernetes => Kubernetes
        ?? (Environment.GetEnvironmentVariable("POD_NAME") is { Length: > 0 } && Environment.GetEnvironmentVariable("POD_NAMESPACE") is { Length: > 0 });
}
