namespace Levee.Simulation;

/// <summary>What a stream of random numbers is for. The numbers are part of what a seed means: do not change them.</summary>
internal enum RandomPurpose
{
    Merchants = 1,
    Customers = 2,
    Legitimate = 3,
    Fraud = 4,
    Compromises = 5,
    Trips = 6,
    LiveLegitimate = 7,
    LiveFraud = 8,
    Poison = 9,
}
