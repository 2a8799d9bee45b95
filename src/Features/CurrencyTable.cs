using System.Collections.Frozen;

namespace Levee.Features;

/// <summary>
/// Converts amounts to integer cents of the base currency with fixed, configured rates. Rates are part of the configuration and not of the
/// market: the same amount always folds to the same cents, whenever it is folded.
/// </summary>
public sealed class CurrencyTable
{
    /// <summary>The largest amount in base-currency cents: what numeric(12,2) holds.</summary>
    public const long MaxCents = 999_999_999_999;

    private static readonly Dictionary<string, decimal> DefaultRates = new()
    {
        ["USD"] = 0.92m,
        ["GBP"] = 1.17m,
        ["CHF"] = 1.05m,
        ["SEK"] = 0.088m,
        ["NOK"] = 0.086m,
        ["DKK"] = 0.134m,
        ["PLN"] = 0.23m,
        ["JPY"] = 0.0061m,
        ["CAD"] = 0.67m,
        ["AUD"] = 0.60m,
    };

    private readonly FrozenDictionary<string, decimal> _rates;

    /// <summary>Makes a table.</summary>
    /// <param name="baseCurrency">ISO 4217 code of the currency that windows are kept in; its rate is 1.</param>
    /// <param name="rates">Base units for one unit of each other currency, above 0; null for <see cref="Default"/>'s.</param>
    /// <exception cref="ArgumentException">A code is not three upper-case letters or a rate is not above 0.</exception>
    public CurrencyTable(string baseCurrency = "EUR", IReadOnlyDictionary<string, decimal>? rates = null)
    {
        var all = new Dictionary<string, decimal>(rates ?? DefaultRates) { [baseCurrency] = 1m };
        foreach (var (code, rate) in all)
        {
            if (code.Length != 3 || !code.All(char.IsAsciiLetterUpper))
            {
                throw new ArgumentException($"'{code}' is not an ISO 4217 code of three upper-case letters.", nameof(rates));
            }

            if (rate <= 0)
            {
                throw new ArgumentException($"The rate of {code} must be above 0, not {rate}.", nameof(rates));
            }
        }

        BaseCurrency = baseCurrency;
        _rates = all.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Euro as base, with fixed rates of a few common currencies.</summary>
    public static CurrencyTable Default { get; } = new();

    /// <summary>ISO 4217 code of the base currency.</summary>
    public string BaseCurrency { get; }

    /// <summary>Whether a currency has a rate.</summary>
    public bool Knows(string currency) => _rates.ContainsKey(currency);

    /// <summary>Converts an amount; half a cent goes to the even cent.</summary>
    /// <param name="amount">In <paramref name="currency"/>.</param>
    /// <param name="currency">ISO 4217 code.</param>
    /// <param name="cents">Cents of the base currency.</param>
    /// <returns>False when the currency has no rate or the result is above <see cref="MaxCents"/>.</returns>
    public bool TryToBaseCents(decimal amount, string currency, out long cents)
    {
        cents = 0;
        if (!_rates.TryGetValue(currency, out var rate) || Math.Abs(amount) > MaxCents)
        {
            return false;
        }

        var value = decimal.Round(amount * rate * 100m, 0, MidpointRounding.ToEven);
        if (Math.Abs(value) > MaxCents)
        {
            return false;
        }

        cents = (long)value;
        return true;
    }
}
