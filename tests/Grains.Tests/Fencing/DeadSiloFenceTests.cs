using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Levee.Embedded;
using Levee.Grains.Fencing;
using Levee.Storage;
using Levee.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Levee.Grains.Tests.Fencing;

public sealed class DeadSiloFenceTests : IClusterMembershipService, ILocalSiloDetails, ILogger<DeadSiloFence>, IAsyncLifetime
{
    private static readonly SiloAddress Me = Silo(1, 1);
    private static readonly SiloAddress Frozen = Silo(2, 1);
    private static readonly SiloAddress SameAddressLater = Silo(2, 2);

    private readonly Channel<ClusterMembershipSnapshot> _snapshots = Channel.CreateUnbounded<ClusterMembershipSnapshot>();
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NpgsqlDataSource? _source;

    [Fact]
    public async Task The_sessions_of_a_silo_end_when_it_is_declared_dead_and_no_others()
    {
        var connectionString = await TestPostgres.CreateDatabaseAsync();
        _source = StorageServiceCollectionExtensions.CreateSource(connectionString, SiloSessions.NameOf(Me));
        await using var mine = await _source.OpenConnectionAsync();
        await using var frozenSource = StorageServiceCollectionExtensions.CreateSource(connectionString, SiloSessions.NameOf(Frozen));
        await using var frozen = await frozenSource.OpenConnectionAsync();
        await using var laterSource = StorageServiceCollectionExtensions.CreateSource(connectionString, SiloSessions.NameOf(SameAddressLater));
        await using var later = await laterSource.OpenConnectionAsync();
        using var fence = new DeadSiloFence(this, this, new SessionFence(_source), TimeProvider.System, this);
        await fence.StartAsync(CancellationToken.None);

        Say(1, (Me, SiloStatus.Active), (Frozen, SiloStatus.Active), (SameAddressLater, SiloStatus.Joining));
        Say(2, (Me, SiloStatus.Dead), (Frozen, SiloStatus.Dead), (SameAddressLater, SiloStatus.Active));

        await GoneAsync(frozen);
        Assert.Equal(1, await AnswerAsync(mine));
        Assert.Equal(1, await AnswerAsync(later));

        Say(3, (Me, SiloStatus.Active), (Frozen, SiloStatus.Dead), (SameAddressLater, SiloStatus.Dead));
        await GoneAsync(later);
        await fence.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task What_PostgreSQL_did_not_take_is_tried_again()
    {
        await using var server = await TestPostgres.StartTemporaryAsync();
        _source = StorageServiceCollectionExtensions.CreateSource(server.ConnectionString, SiloSessions.NameOf(Me));
        var time = new FakeTimeProvider();
        using var fence = new DeadSiloFence(this, this, new SessionFence(_source), time, this);
        await server.KillAsync();
        await fence.StartAsync(CancellationToken.None);
        Say(1, (Me, SiloStatus.Active), (Frozen, SiloStatus.Dead));
        await _failed.Task.WaitAsync(Eventually.Limit);

        await server.RestartAsync();
        await using var frozenSource = StorageServiceCollectionExtensions.CreateSource(server.ConnectionString, SiloSessions.NameOf(Frozen));
        await using var frozen = await frozenSource.OpenConnectionAsync();

        await GoneAsync(frozen, () => time.Advance(TimeSpan.FromSeconds(1)));
        await fence.StopAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData("10.1.2.3", "levee 10.1.2.3:65535@2147483647")]
    [InlineData("2001:db8:1234:5678:9abc:def0:1234:5678", "levee 2001:db8:1234:5678:9abc:def0:1234:5678:65535@2147483647")]
    public void A_name_fits_into_what_PostgreSQL_keeps(string address, string expected)
    {
        var name = SiloSessions.NameOf(SiloAddress.New(new IPEndPoint(IPAddress.Parse(address), 65535), int.MaxValue));

        Assert.Equal(expected, name);
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, 63);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_source is not null)
        {
            await _source.DisposeAsync();
        }
    }

    private static SiloAddress Silo(int host, int generation) => SiloAddress.New(new IPEndPoint(new IPAddress([10, 0, 0, (byte)host]), 11111), generation);

    private void Say(long version, params (SiloAddress Silo, SiloStatus Status)[] members) => Assert.True(_snapshots.Writer.TryWrite(new ClusterMembershipSnapshot(
        members.ToImmutableDictionary(m => m.Silo, m => new ClusterMember(m.Silo, m.Status, $"{m.Silo}")), new MembershipVersion(version))));

    private static Task GoneAsync(NpgsqlConnection connection, Action? meanwhile = null) => Eventually.HoldsAsync(async () =>
    {
        meanwhile?.Invoke();
        try
        {
            await AnswerAsync(connection);
            return false;
        }
        catch (NpgsqlException)
        {
            return true;
        }
    });

    private static async Task<int> AnswerAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null)
        {
            _failed.TrySetResult();
        }
    }

    ClusterMembershipSnapshot IClusterMembershipService.CurrentSnapshot => throw new NotSupportedException();

    IAsyncEnumerable<ClusterMembershipSnapshot> IClusterMembershipService.MembershipUpdates => _snapshots.Reader.ReadAllAsync();

    ValueTask IClusterMembershipService.Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<bool> IClusterMembershipService.TryKill(SiloAddress siloAddress) => throw new NotSupportedException();

    string ILocalSiloDetails.Name => throw new NotSupportedException();

    string ILocalSiloDetails.ClusterId => throw new NotSupportedException();

    string ILocalSiloDetails.DnsHostName => throw new NotSupportedException();

    SiloAddress ILocalSiloDetails.SiloAddress => Me;

    SiloAddress ILocalSiloDetails.GatewayAddress => throw new NotSupportedException();
}
