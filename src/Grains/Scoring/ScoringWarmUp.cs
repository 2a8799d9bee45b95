namespace Levee.Grains.Scoring;

/// <summary>
/// Scores for nobody before a silo says that it serves: the first real caller must not wait for code that is compiled and connections that
/// are opened on first use, nor get an answer without history because of that.
/// </summary>
internal sealed class ScoringWarmUp(IGrainFactory grains, IActiveCustomers active, ILocalSiloDetails silo)
{
    // Each first score reads a state, the ones that follow find it in memory.
    private const int Keys = 5;
    private const int ScoresOfEach = 10;

    // Customers and merchants have positive ids, and another silo activates others.
    private readonly long _nobody = -Keys * (1 + (long)(uint)silo.SiloAddress.GetConsistentHashCode());

    private volatile bool _isDone;

    /// <summary>Whether the silo has scored.</summary>
    public bool IsDone => _isDone;

    /// <summary>Scores until the path is warm; at once when it is. Needs a model.</summary>
    public async Task RunAsync()
    {
        for (var i = 0; !_isDone && i < Keys * ScoresOfEach; i++)
        {
            var nobody = _nobody + (i % Keys);
            var request = new ScoreRequest
            {
                CustomerId = nobody,
                MerchantId = nobody,
                Amount = 1,
                Currency = "EUR",
                BaseCents = 100,
                IsWarmUp = true,
            };

            await grains.GetGrain<ICustomerGrain>(nobody).Score(request);
            active.TryScore(request);
        }

        _isDone = true;
    }
}
