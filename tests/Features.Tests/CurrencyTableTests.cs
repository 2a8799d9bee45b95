namespace Levee.Features.Tests;

public sealed class CurrencyTableTests
{
    [Theory]
    [InlineData("1.00", "EUR", 100)]
    [InlineData("9999999999.99", "EUR", CurrencyTable.MaxCents)]
    [InlineData("10.00", "USD", 920)]
    [InlineData("0.01", "JPY", 0)]
    [InlineData("2.50", "DKK", 34)] // 33.5 cents
    [InlineData("12.50", "USD", 1150)]
    public void Amounts_become_whole_cents(string amount, string currency, long expected)
    {
        Assert.True(CurrencyTable.Default.TryToBaseCents(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), currency, out var cents));
        Assert.Equal(expected, cents);
    }

    [Fact]
    public void Half_a_cent_goes_to_the_even_cent()
    {
        var table = new CurrencyTable("EUR", new Dictionary<string, decimal> { ["XTS"] = 0.5m });
        Assert.True(table.TryToBaseCents(0.05m, "XTS", out var down));
        Assert.True(table.TryToBaseCents(0.07m, "XTS", out var up));
        Assert.Equal((2, 4), (down, up));
    }

    [Theory]
    [InlineData("1.00", "XXX")]
    [InlineData("9999999999.99", "GBP")]
    [InlineData("79228162514264337593543950335", "EUR")]
    public void What_has_no_rate_or_does_not_fit_is_refused(string amount, string currency) => Assert.False(
        CurrencyTable.Default.TryToBaseCents(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), currency, out _));

    [Theory]
    [InlineData("eur", 1)]
    [InlineData("EURO", 1)]
    [InlineData("USD", 0)]
    [InlineData("USD", -1)]
    public void A_bad_table_is_refused(string code, int rate) =>
        Assert.Throws<ArgumentException>(() => new CurrencyTable("EUR", new Dictionary<string, decimal> { [code] = rate }));
}
