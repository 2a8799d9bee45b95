namespace Levee.Models;

/// <summary>
/// A model that gives feature vectors probabilities of fraud, before calibration. It does not change once it is loaded, and any number of
/// threads may use it.
/// </summary>
public interface IBinaryClassifier
{
    /// <summary>Number of features of a row.</summary>
    int FeatureCount { get; }

    /// <summary>The probability of fraud of one row.</summary>
    /// <param name="features">One value per feature; NaN is missing.</param>
    /// <returns>0 to 1.</returns>
    /// <exception cref="ArgumentException">The row has another number of features.</exception>
    double Predict(ReadOnlySpan<float> features);

    /// <summary>The probabilities of many rows.</summary>
    /// <param name="rows">The rows, one after the other.</param>
    /// <param name="columns">Number of features of a row.</param>
    /// <param name="probabilities">Receives one probability per row, 0 to 1.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other or the model.</exception>
    void PredictBatch(ReadOnlySpan<float> rows, int columns, Span<double> probabilities);
}
