namespace Levee.Simulation;

/// <summary>The simulator cannot go on; the message says why in a sentence for people.</summary>
public sealed class SimulationException : Exception
{
    /// <summary>Makes the exception.</summary>
    public SimulationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    public SimulationException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
