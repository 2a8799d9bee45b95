using Levee.Features;

namespace Levee.Training;

/// <summary>How the rows of a file become transactions.</summary>
public sealed class TransactionFileOptions
{
    /// <summary>Which column of the file holds which field. Defaults to columns that bear the product's own names.</summary>
    public ColumnMapping Columns { get; init; } = ColumnMapping.None;

    /// <summary>The zone of times that are written without an offset. Defaults to UTC. A time that occurs twice in it is standard time.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Currencies that have a rate. Defaults to <see cref="CurrencyTable.Default"/>.</summary>
    public CurrencyTable Currencies { get; init; } = CurrencyTable.Default;

    /// <summary>Currency of rows that name none; null, the default, for the base currency.</summary>
    public string? DefaultCurrency { get; init; }

    /// <summary>
    /// Whether customers and merchants may be named by any text: what is not a positive integer becomes one by its hash. Defaults to false:
    /// such a row is rejected.
    /// </summary>
    public bool TextIds { get; init; }

    /// <summary>Whether a file without a column of labels is refused. Defaults to false.</summary>
    public bool RequireLabels { get; init; }

    /// <summary>Tells which timestamps lie in the future. Defaults to the system's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
