using System.Buffers;
using Levee.Features;
using Levee.Grains.Customers;

namespace Levee.Grains.Scoring;

/// <inheritdoc cref="IActiveCustomers"/>
internal sealed class ActiveCustomers(TransactionScorer scorer, LocalCustomers customers, FeatureList features, TimeProvider time)
    : IActiveCustomers
{
    // As many rows as the trees need to work at their best, and a matrix of them stays in the processor's cache.
    private const int Rows = 256;

    public ScoreResponse? TryScore(ScoreRequest request)
    {
        var started = time.GetTimestamp();
        if (customers.Find(request.CustomerId) is not { } customer || scorer.FindModel(request) is not { } model)
        {
            return null;
        }

        var vector = new float[features.Count];
        return scorer.TryCompute(request, customer, vector, out var basis)
            ? scorer.Answer(request, model, vector, model.Predict(vector), basis, started)
            : null;
    }

    public void TryScore(ReadOnlySpan<ScoreRequest?> requests, Span<ScoreResponse?> responses)
    {
        if (requests.Length != responses.Length)
        {
            throw new ArgumentException($"{requests.Length} requests, but room for {responses.Length} responses.", nameof(responses));
        }

        for (var first = 0; first < requests.Length; first += Rows)
        {
            var count = Math.Min(Rows, requests.Length - first);
            TryScoreSome(requests.Slice(first, count), responses.Slice(first, count));
        }
    }

    private void TryScoreSome(ReadOnlySpan<ScoreRequest?> requests, Span<ScoreResponse?> responses)
    {
        var started = time.GetTimestamp();
        var columns = features.Count;
        var matrix = ArrayPool<float>.Shared.Rent(requests.Length * columns);
        Span<int> places = stackalloc int[Rows];
        Span<double> probabilities = stackalloc double[Rows];
        var bases = new ScoreBasis[requests.Length];
        var found = 0;
        for (var i = 0; i < requests.Length; i++)
        {
            responses[i] = null;
            if (requests[i] is { } request
                && customers.Find(request.CustomerId) is { } customer
                && scorer.TryCompute(request, customer, matrix.AsSpan(found * columns, columns), out bases[found]))
            {
                places[found++] = i;
            }
        }

        if (found > 0 && scorer.FindModel(requests[places[0]]!) is { } model)
        {
            model.PredictBatch(matrix.AsSpan(0, found * columns), columns, probabilities[..found]);
            for (var row = 0; row < found; row++)
            {
                var vector = matrix.AsSpan(row * columns, columns).ToArray();
                responses[places[row]] = scorer.Answer(requests[places[row]]!, model, vector, probabilities[row], bases[row], started);
            }
        }

        ArrayPool<float>.Shared.Return(matrix);
    }
}
