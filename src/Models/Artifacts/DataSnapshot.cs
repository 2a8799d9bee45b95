namespace Levee.Models;

/// <summary>The data that a model was trained and tested on.</summary>
public sealed record DataSnapshot
{
    /// <summary>Where the rows came from, such as a query or a file name with its column mapping.</summary>
    public required string Query { get; init; }

    /// <summary>Number of rows.</summary>
    public required long Rows { get; init; }

    /// <summary>SHA-256 of the rows, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Event time of the first row.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Event time of the last row.</summary>
    public required DateTimeOffset To { get; init; }
}
