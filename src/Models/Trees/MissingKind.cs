namespace Levee.Models;

/// <summary>Which values of a feature take a split's default direction instead of being compared with its threshold.</summary>
public enum MissingKind
{
    /// <summary>None: NaN is read as 0 and compared.</summary>
    None = 0,

    /// <summary>Zero (up to 1e-35 on either side) and NaN.</summary>
    Zero = 1,

    /// <summary>NaN only.</summary>
    NaN = 2,
}
