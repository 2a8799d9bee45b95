using Levee.Features;

namespace Levee.Simulation;

/// <summary>What customers do of their own.</summary>
internal sealed class LegitimateActivity(
    SimulationOptions options, Population population, TransactionFactory factory, CompromiseCalendar compromises)
{
    private const int Attempts = 4;
    private const long TripDays = 10;
    private const double TripShare = 0.04;
    private const double OtherDeviceShare = 0.005;
    private const double SecondDeviceShare = 0.2;
    private const double LargePurchaseShare = 0.012;

    /// <summary>Makes the transaction of somebody who is up to it at that time.</summary>
    public SimulatedTransaction Make(DeterministicRandom random, long timeMicros)
    {
        var customer = PickCustomer(random, Rhythm.HourOf(timeMicros));
        var country = CountryOf(customer, timeMicros);
        var merchant = PickMerchant(random, customer, country);
        var device = PickDevice(random, customer);
        var euro = PortableMath.Exp(customer.LogAmount + (customer.LogSpread * random.NextNormal())) * merchant.PriceFactor;
        var large = random.Between(2.5, 7);
        if (random.Chance(LargePurchaseShare))
        {
            euro *= large;
        }

        // Fraud at a compromised merchant looks like this customer's own purchase, because somebody repeats it.
        var kind = compromises.IsFraud(merchant.Id, timeMicros, random.NextDouble()) ? FraudKind.CompromisedMerchant : FraudKind.None;
        return factory.Make(random, customer, merchant, country, device, euro, timeMicros, kind);
    }

    private Customer PickCustomer(DeterministicRandom random, long hour)
    {
        var customer = population.PickActiveCustomer(random);
        for (var attempt = 1; attempt < Attempts && !random.Chance(Rhythm.Willingness(customer, hour)); attempt++)
        {
            customer = population.PickActiveCustomer(random);
        }

        return customer;
    }

    private Merchant PickMerchant(DeterministicRandom random, Customer customer, int country)
    {
        var where = random.NextDouble();
        if (where < Population.OnlineShare)
        {
            return population.PickMerchant(random);
        }

        return country == customer.Home && where < Population.OnlineShare + Population.FavouriteShare
            ? Population.PickFavourite(customer, random)
            : population.PickMerchantIn(country, random);
    }

    private static string PickDevice(DeterministicRandom random, Customer customer)
    {
        var which = random.NextDouble();
        if (which < OtherDeviceShare)
        {
            return random.Pick(Population.DeviceTypes);
        }

        return which < OtherDeviceShare + SecondDeviceShare ? customer.Devices[^1] : customer.Devices[0];
    }

    // Now and then somebody spends some days abroad.
    private int CountryOf(Customer customer, long timeMicros)
    {
        var block = UnixMicros.Floor(timeMicros, TripDays * UnixMicros.PerDay) / (TripDays * UnixMicros.PerDay);
        var random = DeterministicRandom.Of(options.Seed, RandomPurpose.Trips, (customer.Id << 20) ^ block);
        return random.Chance(TripShare) ? random.Next(Country.All.Count) : customer.Home;
    }
}
