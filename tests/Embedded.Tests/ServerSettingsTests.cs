using Levee.Embedded.Postgres;

namespace Levee.Embedded.Tests;

public sealed class ServerSettingsTests
{
    [Theory]
    [InlineData(0.5, 128)]
    [InlineData(4, 512)]
    [InlineData(64, 1_024)]
    public void Shared_buffers_are_an_eighth_of_the_memory_within_bounds(double gibibytes, long megabytes) =>
        Assert.Equal(megabytes, ServerSettings.SharedBufferMegabytes((long)(gibibytes * (1L << 30))));

    [Fact]
    public void What_the_options_say_wins()
    {
        var settings = ServerSettings.Of(
            new EmbeddedPostgresOptions { DataDirectory = "/x", Settings = new Dictionary<string, string> { ["shared_buffers"] = "64MB" } }, "/x", 5432);
        Assert.Equal("64MB", settings["shared_buffers"]);
    }
}
