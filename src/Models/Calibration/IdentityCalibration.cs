namespace Levee.Models;

/// <summary>No calibration.</summary>
internal sealed class IdentityCalibration : ProbabilityCalibration
{
    public const string Name = "none";

    public override string Kind => Name;

    public override IReadOnlyList<double> Parameters => [];

    public override double Apply(double probability) => probability;
}
