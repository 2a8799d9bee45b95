namespace Levee.Storage;

/// <summary>What an import is at.</summary>
public enum ImportStep
{
    /// <summary>Reads the files.</summary>
    Reading,

    /// <summary>Folds and stores the customers.</summary>
    Customers,

    /// <summary>Makes the merchants' states anew.</summary>
    Merchants,
}
