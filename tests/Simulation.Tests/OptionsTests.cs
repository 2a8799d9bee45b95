namespace Levee.Simulation.Tests;

public sealed class OptionsTests
{
    public static TheoryData<string, Action<SimulationOptions>> Wrong => new()
    {
        { nameof(SimulationOptions.Customers), o => o.Customers = 0 },
        { nameof(SimulationOptions.Merchants), o => o.Merchants = -1 },
        { nameof(SimulationOptions.Days), o => o.Days = 0 },
        { nameof(SimulationOptions.TransactionsPerCustomerDay), o => o.TransactionsPerCustomerDay = double.NaN },
        { nameof(SimulationOptions.FraudRate), o => o.FraudRate = 0.3 },
        { nameof(SimulationOptions.LateShare), o => o.LateShare = -0.1 },
        { nameof(SimulationOptions.DuplicateShare), o => o.DuplicateShare = 1.1 },
        { nameof(SimulationOptions.ShiftShare), o => o.ShiftShare = 2 },
        { nameof(SimulationOptions.LabelDelayMax), o => o.LabelDelayMax = TimeSpan.FromMinutes(1) },
        { nameof(SimulationOptions.StolenCardWeight), o => o.StolenCardWeight = -1 },
        { nameof(SimulationOptions.Start), o => o.Start = DateTimeOffset.MinValue },
        { "weights", o => (o.StolenCardWeight, o.CompromisedMerchantWeight, o.CardTestingWeight, o.LargeOneOffWeight) = (0, 0, 0, 0) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_setting_out_of_range_is_named(string name, Action<SimulationOptions> change)
    {
        var options = new SimulationOptions();
        change(options);

        Assert.Contains(name, Assert.Throws<ArgumentException>(() => new TransactionSimulator(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(new SimulationOptions().Errors());

    [Theory]
    [InlineData("BootstrapServers")]
    [InlineData("PoisonShare")]
    public void A_setting_of_the_producer_out_of_range_is_named(string name)
    {
        var options = name == "PoisonShare"
            ? new KafkaSimulatorOptions { BootstrapServers = "localhost:1", PoisonShare = 2 }
            : new KafkaSimulatorOptions();

        Assert.Contains(
            name, Assert.Throws<ArgumentException>(() => new KafkaSimulator(new SimulationOptions(), options)).Message, StringComparison.Ordinal);
    }
}
