using Confluent.Kafka;
using Levee.Grains.Scoring;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Levee.Grains.Tests.Scoring;

public sealed class ScoresTopicTests : ILogger<ScoresTopic>
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _said = [];
    private readonly ScoresTopic _topic;
    private Func<bool> _answer = () => true;
    private int _asked;

    public ScoresTopicTests() => _topic = new ScoresTopic(
        "scores",
        name =>
        {
            Assert.Equal("scores", name);
            _asked++;
            return Task.FromResult(_answer());
        },
        _time,
        this);

    [Fact]
    public async Task A_topic_that_exists_is_asked_for_once()
    {
        Assert.True(await _topic.ExistsAsync());
        Assert.True(await _topic.ExistsAsync());
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task A_missing_one_is_asked_for_every_ten_seconds_until_it_exists()
    {
        _answer = () => false;
        Assert.False(await _topic.ExistsAsync());
        Assert.False(await _topic.ExistsAsync());
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(await _topic.ExistsAsync());
        Assert.Equal(1, _asked);

        _answer = () => true;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await _topic.ExistsAsync());
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Brokers_that_do_not_answer_are_waited_for()
    {
        _answer = () => throw new KafkaException(ErrorCode.Local_TimedOut);
        Assert.True(await _topic.ExistsAsync());
        _answer = () => false;
        Assert.False(await _topic.ExistsAsync());
    }

    [Fact]
    public async Task What_is_dropped_is_said_once_a_minute_and_a_deleted_topic_is_asked_for_again()
    {
        Assert.True(await _topic.ExistsAsync());
        _topic.Drop(3);
        _topic.Drop(4);
        Assert.False(await _topic.ExistsAsync());
        _time.Advance(TimeSpan.FromMinutes(1));
        _topic.Drop(5);

        Assert.Equal(2, _said.Count);
        Assert.StartsWith("There is no topic scores: 3 scores", _said[0], StringComparison.Ordinal);
        Assert.StartsWith("There is no topic scores: 9 scores", _said[1], StringComparison.Ordinal);
        Assert.True(await _topic.ExistsAsync());
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _said.Add(formatter(state, exception));
}
