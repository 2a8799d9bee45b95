using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Orleans.Metadata;

namespace Levee.Integration.Harness;

/// <summary>One customer whose activation does not end for as long as a file exists.</summary>
internal sealed class HangingActivation : IConfigureGrainContextProvider, IConfigureGrainContext
{
    private const string CustomerVariable = "LEVEE_TEST_HANGING_CUSTOMER";
    private const string FileVariable = "LEVEE_TEST_HANGS_WHILE";
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly long _customer = long.Parse(Environment.GetEnvironmentVariable(CustomerVariable)!, CultureInfo.InvariantCulture);
    private readonly string _file = Environment.GetEnvironmentVariable(FileVariable)!;

    /// <summary>Settings of a silo in which a customer hangs.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="file">The file.</param>
    public static (string Key, string Value)[] Of(long customer, string file) =>
    [
        ("DOTNET_STARTUP_HOOKS", typeof(HangingActivation).Assembly.Location),
        (CustomerVariable, customer.ToString(CultureInfo.InvariantCulture)),
        (FileVariable, file),
    ];

    public bool TryGetConfigurator(GrainType grainType, GrainProperties properties, [NotNullWhen(true)] out IConfigureGrainContext? configurator)
    {
        configurator = grainType.ToString()!.StartsWith("customer", StringComparison.Ordinal) ? this : null;
        return configurator is not null;
    }

    public void Configure(IGrainContext context)
    {
        if (context.GrainId.TryGetIntegerKey(out var customer, out _) && customer == _customer)
        {
            context.ObservableLifecycle.Subscribe(nameof(HangingActivation), GrainLifecycleStage.SetupState, HangAsync);
        }
    }

    private async Task HangAsync(CancellationToken cancellationToken)
    {
        while (File.Exists(_file))
        {
            await Task.Delay(Glance, CancellationToken.None);
        }
    }
}
