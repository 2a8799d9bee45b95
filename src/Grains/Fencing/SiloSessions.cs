using Microsoft.Extensions.DependencyInjection;

namespace Levee.Grains.Fencing;

/// <summary>
/// Names the database sessions of a silo. The name has the silo's generation: a silo that comes back under the same address, or the same
/// pod name, has sessions of another name.
/// </summary>
public static class SiloSessions
{
    /// <summary>The session name of the silo whose services these are.</summary>
    /// <param name="services">The silo's services.</param>
    public static string NameOf(IServiceProvider services) => NameOf(services.GetRequiredService<ILocalSiloDetails>().SiloAddress);

    /// <summary>The session name of a silo, at most 63 bytes of ASCII, beyond which PostgreSQL would cut it off.</summary>
    /// <param name="silo">The silo's address.</param>
    public static string NameOf(SiloAddress silo) => $"levee {silo.ToParsableString()}";
}
