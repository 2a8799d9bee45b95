using System.Globalization;

namespace Levee.Simulation;

/// <summary>All customers and merchants, made from the seed.</summary>
internal sealed class Population
{
    /// <summary>Share of purchases at usual merchants; the rest is elsewhere in the country, or online.</summary>
    public const double FavouriteShare = 0.78;

    /// <summary>Share of purchases online, anywhere.</summary>
    public const double OnlineShare = 0.06;

    private const double ZipfExponent = 0.8;
    private const double DeviceOfOthersShare = 0.35;
    private static readonly double[] PriceFactors = [0.35, 0.6, 0.8, 0.9, 1, 1, 1.1, 1.3, 1.8, 2.6];

    private readonly Merchant[][] _byCountry;
    private readonly WeightedIndex[] _pickByCountry;
    private readonly WeightedIndex _pickMerchant;
    private readonly WeightedIndex _pickCustomer;

    public Population(SimulationOptions options)
    {
        var countries = new WeightedIndex(Country.All.Select(country => country.Weight));
        Merchants = MakeMerchants(options, countries);
        _byCountry = [.. Enumerable.Range(0, Country.All.Count).Select(InCountry)];
        _pickByCountry = [.. _byCountry.Select(merchants => new WeightedIndex(merchants.Select(m => m.Popularity)))];
        _pickMerchant = new WeightedIndex(Merchants.Select(m => m.Popularity));
        Customers = MakeCustomers(options, countries);
        _pickCustomer = new WeightedIndex(Customers.Select(c => c.Activity));
    }

    /// <summary>The device types there are.</summary>
    public static IReadOnlyList<string> DeviceTypes { get; } = ["mobile", "pos", "desktop", "tablet", "wearable"];

    public IReadOnlyList<Merchant> Merchants { get; }

    public IReadOnlyList<Customer> Customers { get; }

    public Customer PickActiveCustomer(DeterministicRandom random) => Customers[_pickCustomer.Pick(random)];

    public Merchant PickMerchant(DeterministicRandom random) => Merchants[_pickMerchant.Pick(random)];

    public Merchant PickMerchantIn(int country, DeterministicRandom random) =>
        _byCountry[country][_pickByCountry[country].Pick(random)];

    /// <summary>Any merchant of a country, popular or not.</summary>
    public Merchant PickAnyIn(int country, DeterministicRandom random) => random.Pick(_byCountry[country]);

    /// <summary>A usual merchant: the first ones are visited more often.</summary>
    public static Merchant PickFavourite(Customer customer, DeterministicRandom random)
    {
        var point = random.NextDouble();
        return customer.Favourites[(int)(point * point * customer.Favourites.Length)];
    }

    /// <summary>The share of all purchases that each merchant can expect, in the order of <see cref="Merchants"/>.</summary>
    public double[] ExpectedShares()
    {
        var shares = new double[Merchants.Count];
        var perCountry = new double[Country.All.Count];
        foreach (var customer in Customers)
        {
            var part = customer.Activity / _pickCustomer.Total;
            perCountry[customer.Home] += part;
            var favourites = customer.Favourites;
            for (var i = 0; i < favourites.Length; i++)
            {
                // The chance that the square of a uniform number falls into the i-th of n parts.
                var chance = Math.Sqrt((i + 1.0) / favourites.Length) - Math.Sqrt((double)i / favourites.Length);
                shares[favourites[i].Id - 1] += part * FavouriteShare * chance;
            }
        }

        for (var country = 0; country < perCountry.Length; country++)
        {
            foreach (var merchant in _byCountry[country])
            {
                var chance = merchant.Popularity / _pickByCountry[country].Total;
                shares[merchant.Id - 1] += perCountry[country] * (1 - FavouriteShare - OnlineShare) * chance;
            }
        }

        foreach (var merchant in Merchants)
        {
            shares[merchant.Id - 1] += OnlineShare * merchant.Popularity / _pickMerchant.Total;
        }

        return shares;
    }

    private static Merchant[] MakeMerchants(SimulationOptions options, WeightedIndex countries)
    {
        var merchants = new Merchant[options.Merchants];
        for (var i = 0; i < merchants.Length; i++)
        {
            var random = DeterministicRandom.Of(options.Seed, RandomPurpose.Merchants, i);
            var rank = random.Next(options.Merchants) + 1;
            var popularity = PortableMath.Exp(-ZipfExponent * PortableMath.Log(rank));
            merchants[i] = new Merchant(i + 1, countries.Pick(random), popularity, random.Pick(PriceFactors));
        }

        return merchants;
    }

    private Customer[] MakeCustomers(SimulationOptions options, WeightedIndex countries)
    {
        var customers = new Customer[options.Customers];
        for (var i = 0; i < customers.Length; i++)
        {
            var random = DeterministicRandom.Of(options.Seed, RandomPurpose.Customers, i);
            var home = countries.Pick(random);
            var logAmount = 3.0 + (0.45 * random.NextNormal());
            var logSpread = random.Between(0.45, 0.75);
            customers[i] = new Customer
            {
                Id = i + 1,
                Home = home,
                Favourites = MakeFavourites(home, random),
                LogAmount = logAmount,
                LogSpread = logSpread,
                UsualAmount = PortableMath.Exp(logAmount + (logSpread * logSpread / 2)),
                Devices = MakeDevices(random),
                CardLast4 = random.Next(10_000).ToString("D4", CultureInfo.InvariantCulture),
                Activity = PortableMath.Exp(0.5 * random.NextNormal()),
                HoursLater = random.Between(-Rhythm.MaxHoursLater, Rhythm.MaxHoursLater),
            };
        }

        return customers;
    }

    private Merchant[] MakeFavourites(int home, DeterministicRandom random)
    {
        var wanted = random.Between(4, 12);
        var favourites = new List<Merchant>(wanted);
        for (var attempt = 0; attempt < 3 * wanted && favourites.Count < wanted; attempt++)
        {
            var merchant = PickMerchantIn(home, random);
            if (!favourites.Contains(merchant))
            {
                favourites.Add(merchant);
            }
        }

        return [.. favourites];
    }

    private static string[] MakeDevices(DeterministicRandom random)
    {
        var first = random.Pick(DeviceTypes);
        var second = random.Pick(DeviceTypes);
        return second == first || random.Chance(DeviceOfOthersShare) ? [first] : [first, second];
    }

    private Merchant[] InCountry(int country)
    {
        var merchants = Merchants.Where(merchant => merchant.Country == country).ToArray();

        // Few merchants leave countries without any: people there buy elsewhere.
        return merchants.Length > 0 ? merchants : [.. Merchants];
    }
}
