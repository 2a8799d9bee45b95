using Levee.Features;
using Levee.Grains.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Levee.Grains.Tests.Hosting;

public sealed class FeatureOptionsTests
{
    [Fact]
    public void The_default_list_is_in_use_until_the_other_is_chosen()
    {
        Assert.Same(FeatureList.Default, ListOf(null));
        Assert.Same(FeatureList.Default, ListOf("default"));
        Assert.Same(FeatureList.All, ListOf("All"));
        Assert.Same(FeatureList.All, ListOf("all"));
    }

    [Fact]
    public void A_list_that_does_not_exist_is_refused_by_its_key()
    {
        Assert.Contains("Levee:Features:List", Assert.Throws<InvalidOperationException>(() => ListOf("Most")).Message, StringComparison.Ordinal);
        Assert.Contains("List is Default or All.", Assert.Throws<OptionsValidationException>(() => ListOf("7")).Message, StringComparison.Ordinal);
    }

    private static FeatureList ListOf(string? value)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Levee:Features:List"] = value })
            .Build();
        using var services = new ServiceCollection().AddLogging().AddLeveeTraining(configuration).BuildServiceProvider();
        return services.GetRequiredService<FeatureList>();
    }
}
