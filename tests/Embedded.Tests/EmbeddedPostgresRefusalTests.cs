namespace Levee.Embedded.Tests;

public sealed class EmbeddedPostgresRefusalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("levee-embedded-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task SecondInstanceOnTheFolderIsRefused()
    {
        await using var first = await EmbeddedPostgres.StartAsync(Options("data"));
        var refused = await Assert.ThrowsAsync<EmbeddedServerException>(() => EmbeddedPostgres.StartAsync(Options("data")));
        Assert.Contains("is used by another Levee process", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(first.ProcessId);
    }

    [Fact]
    public async Task TakenPortIsNamed()
    {
        await using var first = await EmbeddedPostgres.StartAsync(Options("data"));
        var refused = await Assert.ThrowsAsync<EmbeddedServerException>(() => EmbeddedPostgres.StartAsync(Options("other", first.Port)));
        Assert.Contains($"Port {first.Port} of 127.0.0.1 is taken", refused.Message, StringComparison.Ordinal);
    }

    private EmbeddedPostgresOptions Options(string name, int port = 0) => new() { DataDirectory = Path.Combine(_folder, name), Port = port };
}
