namespace Levee.Grains;

/// <summary>The health of the silo that answers: a stateless worker, key 0.</summary>
[Alias("levee.IHealthGrain")]
public interface IHealthGrain : IGrainWithIntegerKey
{
    /// <summary>Checks model, database and stream; takes at most two seconds.</summary>
    [Alias("Check")]
    Task<SystemHealth> Check();
}
