namespace Levee.Simulation;

/// <summary>What a produced record is.</summary>
public enum ProducedKind
{
    /// <summary>The first delivery of a transaction.</summary>
    Transaction,

    /// <summary>A further delivery of the same message.</summary>
    Repeat,

    /// <summary>A record that cannot be used.</summary>
    Poison,

    /// <summary>A label.</summary>
    Label,
}
