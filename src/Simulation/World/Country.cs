namespace Levee.Simulation;

/// <summary>A country with the currency that its merchants charge.</summary>
/// <param name="Code">ISO 3166 alpha-2.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Weight">Share of customers and merchants, relative to the others.</param>
internal sealed record Country(string Code, string Currency, double Weight)
{
    /// <summary>All countries; mostly euro, a few others. The order is part of what a seed means.</summary>
    public static IReadOnlyList<Country> All { get; } =
    [
        new("DE", "EUR", 26),
        new("FR", "EUR", 18),
        new("NL", "EUR", 10),
        new("ES", "EUR", 9),
        new("IT", "EUR", 9),
        new("AT", "EUR", 6),
        new("BE", "EUR", 5),
        new("IE", "EUR", 3),
        new("GB", "GBP", 5),
        new("CH", "CHF", 3),
        new("US", "USD", 3),
        new("PL", "PLN", 2),
        new("SE", "SEK", 1),
    ];
}
