namespace Levee.Simulation;

/// <summary>A simulated merchant.</summary>
/// <param name="Id">From 1.</param>
/// <param name="Country">Index into <see cref="Country.All"/>.</param>
/// <param name="Popularity">Relative to other merchants, above 0.</param>
/// <param name="PriceFactor">How its amounts compare to a customer's usual ones.</param>
internal sealed record Merchant(long Id, int Country, double Popularity, double PriceFactor);
