namespace Levee.Bench;

/// <summary>Whose transactions are produced.</summary>
/// <param name="Name">For people.</param>
/// <param name="Customers">Customers, all equally active.</param>
/// <param name="Merchants">Merchants.</param>
/// <param name="FirstMerchantShare">Share of all transactions that go to one of them.</param>
internal sealed record Population(string Name, int Customers, int Merchants, double FirstMerchantShare = 0)
{
    /// <summary>Lowest customer id.</summary>
    public int FirstCustomer { get; init; } = 1;

    /// <summary>Lowest merchant id.</summary>
    public int FirstMerchant { get; init; } = 1;

    public static Population Usual { get; } = new("10,000 customers", 10_000, 500);

    /// <summary>As many whom the simulated history, which reaches to the present, does not know.</summary>
    public static Population Unknown { get; } = Usual with { FirstCustomer = 1_000_001, FirstMerchant = 100_001 };

    public static Population Large { get; } = new("100,000 customers", 100_000, 5_000);

    public static Population OneLargeMerchant { get; } = new("one merchant with a fifth of all", 10_000, 500, 0.2);
}
