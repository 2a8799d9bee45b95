using Levee.Api.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Levee.Api.Tests.Logging;

public sealed class RedactingConsoleFormatterTests
{
    [Theory]
    [InlineData("Failed to deliver message for stream kafka/customers/81, may retry.", "Failed to deliver message for stream kafka/customers/***, may retry.")]
    [InlineData("Request [S127.0.0.1:1 customer/FFFFFFFFFFFFFF9C]->[ customer/5D] x", "Request [S127.0.0.1:1 customer/***]->[ customer/***] x")]
    [InlineData("GET customers/-7/features", "GET customers/***/features")]
    [InlineData("merchant/5D and model/0 and customer, customers", "merchant/5D and model/0 and customer, customers")]
    public void A_customers_key_is_left_out(string text, string written) => Assert.Equal(written, RedactingConsoleFormatter.Redact(text));

    [Fact]
    public void An_entry_is_one_line_and_its_exception_is_redacted_too()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        using var writer = new StringWriter();
        var exception = new InvalidOperationException("no answer of\ncustomer/5D");

        new RedactingConsoleFormatter(time).Write(
            new LogEntry<string>(LogLevel.Warning, "Orleans.Streams.kafka", new EventId(7), "customers/93", exception, (state, _) => $"Failed: {state}"),
            null,
            writer);

        var line = Assert.Single(writer.ToString().TrimEnd().Split('\n'));
        Assert.StartsWith("03:04:05 warn: Orleans.Streams.kafka[7] Failed: customers/*** System.InvalidOperationException: no answer of customer/***", line, StringComparison.Ordinal);
    }
}
