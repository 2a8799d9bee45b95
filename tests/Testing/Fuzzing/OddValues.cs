namespace Levee.Testing.Fuzzing;

/// <summary>JSON tokens, and some that are none, that parsers stumble over.</summary>
internal static class OddValues
{
    public static readonly string[] Json =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "1.0", "1.5", "0.001", "1e2", "1E-2", "1e400", "-1e400", "1e-400", "1e99999",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616", "2147483648", "9999999999.99",
        "10000000000", "79228162514264337593543950336", "0.30000000000000004", "12.345", "\"\"", "\" \"", "\"1\"", "\"abc\"", "\"NaN\"",
        "\"EUR\"", "\"eur\"", "\"XXX\"", "\"ÄÖÜ\"", "\"١٢٣٤\"", "\"0042\"", "\"DE\"", "\"2026-01-31T12:00:00Z\"",
        "\"2026-01-31T12:00:00\"", "\"2026-02-30T12:00:00Z\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"0001-01-01T00:00:00+14:00\"",
        "\"2026-01-31T12:00:00+99:00\"", "\"2026-01-31T24:00:00Z\"", "\"T+00:00\"", "253402300799999", "253402300800000", "1700000000000",
        "\"00000000-0000-0000-0000-000000000000\"", "\"7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11\"", "\"7c1a3f0e5b7d4c559f3e0d2b8f6a1c11\"",
        "\"\\u0000\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\udc00\\ud800\"", "\"\\n\"", "\"'; DROP TABLE labels; --\"",
        "\"<script>alert(1)</script>\"", "[]", "{}", "[1]", "{\"a\":1}", "[[],{},null]", "NaN", "Infinity", "-Infinity", "undefined",
        "0x1F", "01", "+1", ".5", "1.", "1e", "-", "'a'", "\"unterminated", "\"bad \\x escape\"", "// comment\n1", "/* c */ 1",
    ];

    public static readonly string[] ContentTypes =
    [
        "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"", "APPLICATION/JSON", "application/problem+json",
        "application/json; charset=utf-16", "text/plain", "text/html", "application/x-www-form-urlencoded", "multipart/form-data",
        "multipart/form-data; boundary=x", "application/xml", "*/*", "json", "", "application/", "application/json; charset=",
    ];

    public static readonly string[] PathSegments =
    [
        "42", "0", "-1", "1.5", "abc", "9223372036854775808", "%20", "%2e%2e", "%2F", "..", "%E2%82%AC", "%FF", "1;2", "a%25b",
        "999999999999999999999999999999", "v1", "v0", "v", "v-1", "v99999999999", "V1", "null", "*", "~",
    ];

    public static readonly string[] Queries =
    [
        "", "", "", "", "?", "?explain=false", "?explain=true", "?explain", "?explain=1&explain=0", "?%", "?a=%zz", "?explain=%00", "?&&&=",
    ];

    public static readonly string[] ModelQueries =
    [
        "", "", "?version=v1", "?version=v0", "?version=%00", "?version=v1&version=v2", "?version=", "?version=v99999999999999999999",
        "?at=2026-01-31", "?at=2026-01-31T12:00:00Z", "?at=0001-01-01", "?at=9999-12-31", "?at=9999-12-31T23:59:59.9999999Z",
        "?at=0001-01-01T00:00:00%2B14:00", "?at=2026-02-30", "?at=now", "?at=%ff", "?at=1e400", "?at=", "?at=2026-01-31&at=2026-02-01",
    ];

    // Few good ones, so that they come again with the same and with other bodies.
    public static readonly string[] IdempotencyKeys =
    [
        "a", "a", "b", "c", "7c1a3f0e-5b7d-4c55-9f3e-0d2b8f6a1c11", "", " ", "with space", new('k', 128), new('k', 129), new('k', 4_000), "'; DROP TABLE labels; --",
        "~", "\t", "a,b", "\"quoted\"",
    ];
}
