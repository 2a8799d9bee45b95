using Levee.Api.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Levee.Api.Tests.Logging;

public sealed class RedactingConsoleFormatterTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly LeveeConsoleOptions _options = new();
    private readonly RedactingConsoleFormatter _formatter;

    public RedactingConsoleFormatterTests() => _formatter = new RedactingConsoleFormatter(_time, new Options(_options));

    [Theory]
    [InlineData("Failed to deliver message for stream kafka/customers/81, may retry.", "Failed to deliver message for stream kafka/customers/***, may retry.")]
    [InlineData("Request [S127.0.0.1:1 customer/FFFFFFFFFFFFFF9C]->[ customer/5D] x", "Request [S127.0.0.1:1 customer/***]->[ customer/***] x")]
    [InlineData("GET customers/-7/features", "GET customers/***/features")]
    [InlineData("merchant/5D and model/0 and customer, customers", "merchant/5D and model/0 and customer, customers")]
    public void A_customers_key_is_left_out(string text, string written) => Assert.Equal(written, RedactingConsoleFormatter.Redact(text));

    [Fact]
    public void An_entry_is_one_line_and_its_exception_is_redacted_too()
    {
        var exception = new InvalidOperationException("no answer of\ncustomer/5D");

        var line = Assert.Single(Write(LogLevel.Warning, 7, "customers/93", exception));

        Assert.StartsWith("03:04:05 warn: Orleans.Streams.kafka[7] Failed: customers/*** System.InvalidOperationException: no answer of customer/***", line, StringComparison.Ordinal);
    }

    [Fact]
    public void What_repeats_is_left_out_and_counted_for_each_kind_and_minute()
    {
        _options.MaxRepeatsPerMinute = 2;
        Assert.Equal([1, 1, 0, 0], Enumerable.Range(0, 4).Select(_ => Write(LogLevel.Error, 7, "a").Length));
        Assert.Equal("03:04:05 warn: Orleans.Streams.kafka[8] Failed: a", Assert.Single(Write(LogLevel.Warning, 8, "a")));

        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("03:05:05 fail: Orleans.Streams.kafka[7] (2 more like this were left out) Failed: b", Assert.Single(Write(LogLevel.Error, 7, "b")));
        Assert.Equal("03:05:05 fail: Orleans.Streams.kafka[7] Failed: c", Assert.Single(Write(LogLevel.Error, 7, "c")));
        Assert.Empty(Write(LogLevel.Error, 7, "d"));
    }

    [Theory]
    [InlineData(LogLevel.Information, 1)]
    [InlineData(LogLevel.Critical, 1)]
    [InlineData(LogLevel.Warning, 0)]
    public void What_is_not_a_warning_or_an_error_is_written_always_and_all_of_it_on_request(LogLevel level, int most)
    {
        _options.MaxRepeatsPerMinute = most;
        Assert.All(Enumerable.Range(0, 50), _ => Assert.Single(Write(level, 7, "a")));
    }

    private string[] Write(LogLevel level, int eventId, string state, Exception? exception = null)
    {
        using var writer = new StringWriter();
        _formatter.Write(
            new LogEntry<string>(level, "Orleans.Streams.kafka", new EventId(eventId), state, exception, (text, _) => $"Failed: {text}"), null, writer);
        return writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }

    private sealed class Options(LeveeConsoleOptions value) : IOptionsMonitor<LeveeConsoleOptions>
    {
        public LeveeConsoleOptions CurrentValue => value;

        public LeveeConsoleOptions Get(string? name) => value;

        public IDisposable? OnChange(Action<LeveeConsoleOptions, string?> listener) => null;
    }
}
