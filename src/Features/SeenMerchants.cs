namespace Levee.Features;

/// <summary>Counts merchants among the first so many of a sequence: a bound on the time that this takes.</summary>
internal ref struct SeenMerchants(Span<long> room)
{
    private readonly Span<long> _room = room;
    private int _taken;

    /// <summary>Different merchants so far.</summary>
    public int Distinct { get; private set; }

    /// <summary>Takes the next one; nothing once there is no room.</summary>
    public void Add(long merchantId)
    {
        if (_taken == _room.Length)
        {
            return;
        }

        Distinct += _room[.._taken].Contains(merchantId) ? 0 : 1;
        _room[_taken++] = merchantId;
    }
}
