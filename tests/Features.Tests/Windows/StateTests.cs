using Levee.Features.Tests.Oracle;

namespace Levee.Features.Tests.Windows;

public sealed class StateTests
{
    [Fact]
    public void A_customers_state_that_is_cut_off_or_prolonged_is_refused()
    {
        var state = Customer().Serialize();
        for (var length = 0; length < state.Length; length++)
        {
            var cut = state[..length];
            Assert.Throws<InvalidDataException>(() => CustomerWindow.Deserialize(cut));
        }

        Assert.Throws<InvalidDataException>(() => CustomerWindow.Deserialize([.. state, 0]));
    }

    [Fact]
    public void A_merchants_state_that_is_cut_off_or_prolonged_is_refused()
    {
        var state = Merchant().Serialize();
        for (var length = 0; length < state.Length; length++)
        {
            var cut = state[..length];
            Assert.Throws<InvalidDataException>(() => MerchantWindow.Deserialize(cut));
        }

        Assert.Throws<InvalidDataException>(() => MerchantWindow.Deserialize([.. state, 0]));
    }

    [Fact]
    public void Damage_is_refused_or_read_but_nothing_else_happens()
    {
        var random = new Random(4);
        foreach (var state in new[] { Customer().Serialize(), Merchant().Serialize() })
        {
            for (var i = 0; i < 3_000; i++)
            {
                var damaged = state.ToArray();
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                Read(() => CustomerWindow.Deserialize(damaged));
                Read(() => MerchantWindow.Deserialize(damaged));
            }
        }
    }

    [Fact]
    public void A_delta_that_is_cut_off_prolonged_or_of_another_window_is_refused()
    {
        var (customer, merchant) = (CustomerDelta(), MerchantDelta());
        for (var length = 0; length < customer.Length; length++)
        {
            var cut = customer[..length];
            Assert.Throws<InvalidDataException>(() => Features.CustomerDelta.Replay(cut, new CustomerWindow(7)));
        }

        for (var length = 0; length < merchant.Length; length++)
        {
            var cut = merchant[..length];
            Assert.Throws<InvalidDataException>(() => Features.MerchantDelta.Replay(cut, new MerchantWindow(3)));
        }

        Assert.Throws<InvalidDataException>(() => Features.CustomerDelta.Replay([.. customer, 0], new CustomerWindow(7)));
        Assert.Throws<InvalidDataException>(() => Features.MerchantDelta.Replay([.. merchant, 0], new MerchantWindow(3)));
        Assert.Contains("200", Assert.Throws<InvalidDataException>(() => Features.CustomerDelta.Replay([200], new CustomerWindow(7))).Message, StringComparison.Ordinal);
        Assert.Contains("200", Assert.Throws<InvalidDataException>(() => Features.MerchantDelta.Replay([200], new MerchantWindow(3))).Message, StringComparison.Ordinal);

        // A second time it is not the window that the delta began with.
        var (twice, again) = (new CustomerWindow(7), new MerchantWindow(3));
        Features.CustomerDelta.Replay(customer, twice);
        Features.MerchantDelta.Replay(merchant, again);
        Assert.Throws<InvalidDataException>(() => Features.CustomerDelta.Replay(customer, twice));
        Assert.Throws<InvalidDataException>(() => Features.MerchantDelta.Replay(merchant, again));
    }

    [Fact]
    public void A_newer_version_is_named()
    {
        var state = Customer().Serialize();
        state[0] = 200;
        Assert.Contains("200", Assert.Throws<InvalidDataException>(() => CustomerWindow.Deserialize(state)).Message, StringComparison.Ordinal);
        Assert.Contains("200", Assert.Throws<InvalidDataException>(() => MerchantWindow.Deserialize(state)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_merchants_state_of_before_amounts_is_read_and_its_amounts_are_unknown()
    {
        // As version 1 was written: an hour of three, then two times; a label of the first of these; no ids.
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var (tile, first, second) = (Steps.Start, Steps.Start + UnixMicros.PerHour, Steps.Start + (2 * UnixMicros.PerHour));
        writer.Write((byte)1);
        writer.Write(3L);
        writer.Write(5L);
        writer.Write(second);
        writer.Write(first);
        writer.Write7BitEncodedInt(2);
        writer.Write7BitEncodedInt64(first);
        writer.Write7BitEncodedInt64(second - first);
        writer.Write7BitEncodedInt(1);
        writer.Write(tile);
        writer.Write7BitEncodedInt64(3);
        writer.Write7BitEncodedInt(1);
        writer.Write(second);
        writer.Write(new byte[16]);
        writer.Write7BitEncodedInt(1);
        writer.Write(second + (7 * UnixMicros.PerDay));
        writer.Write(true);
        writer.Write7BitEncodedInt(0);
        writer.Flush();
        var at = second + (8 * UnixMicros.PerDay);

        var read = MerchantWindow.Deserialize(stream.ToArray());
        foreach (var window in (MerchantWindow[])[read, MerchantWindow.Deserialize(read.Serialize())])
        {
            var snapshot = window.Snapshot(at, 100);
            Assert.Equal((5, 5, 1), (snapshot.Sequence, snapshot.Count30d, snapshot.Fraud30d));
            Assert.Equal((1, 1, 0), (snapshot.FraudRunLength, snapshot.OrdinaryRunLength, snapshot.AlikeCount30d));
        }

        // What comes from now on has its amount.
        read.Fold(Steps.Make(new Step(StepKind.Arrive, 0, 100, 2), 1, second + 1) with { MerchantId = 3 });
        Assert.Equal((6, 1), (read.Snapshot(at, 100).Count30d, read.Snapshot(at, 100).AlikeCount30d));
    }

    [Fact]
    public void A_merchants_delta_of_before_amounts_is_read()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var id = new byte[16];
        writer.Write((byte)1);
        writer.Write((byte)1);
        writer.Write(id);
        writer.Write(Steps.Start);
        writer.Write7BitEncodedInt64(7);
        writer.Write7BitEncodedInt64(250);
        writer.Write((byte)3);
        writer.Write(id);
        writer.Write(Steps.Start);
        writer.Write7BitEncodedInt(1);
        writer.Write(true);
        writer.Write(Steps.Start + 1);
        writer.Write((byte)4);
        writer.Flush();

        var window = new MerchantWindow(3);
        Features.MerchantDelta.Replay(stream.ToArray(), window);
        var snapshot = window.Snapshot(Steps.Start + (8 * UnixMicros.PerDay), 250);
        Assert.Equal((1, 1, 1, 0), (snapshot.Count30d, snapshot.Fraud30d, snapshot.AlikeCount30d, snapshot.AlikeFraud30d));
    }

    [Fact]
    public void Empty_windows_survive()
    {
        Assert.Equal(long.MinValue, CustomerWindow.Deserialize(new CustomerWindow(5).Serialize()).NewestEventMicros);
        Assert.Equal(default, MerchantWindow.Deserialize(new MerchantWindow(5).Serialize()).Snapshot(Steps.Start, 0));
    }

    [Fact]
    public void Huge_amounts_do_not_overflow()
    {
        var window = new CustomerWindow(7);
        for (var i = 1; i <= 3; i++)
        {
            window.Fold(
                Steps.Make(new Step(StepKind.Arrive, 0, 1, 2), i, Steps.Start) with { BaseCents = CurrencyTable.MaxCents - i }, long.MinValue);
        }

        window = CustomerWindow.Deserialize(window.Serialize());
        var closed = new List<MinuteFeatures>();
        window.CloseMinutes(long.MaxValue / 2, closed);
        Assert.Equal(0.01, Assert.Single(closed).AmountStd!.Value, 1e-12);
        Assert.Equal((CurrencyTable.MaxCents - 2) / 100m, closed[0].AvgAmount);
    }

    [Fact]
    public void A_busy_customers_state_stays_small()
    {
        var window = new CustomerWindow(7);
        for (var i = 1; i <= 20_000; i++)
        {
            var time = Steps.Start + (i * UnixMicros.PerMinute);
            window.Fold(Steps.Make(new Step(StepKind.Arrive, 0, i, i), i, time), time);
            window.CloseMinutes(time, []);
        }

        Assert.InRange(window.Events.Length, 4_000, 4_096);
        Assert.InRange(window.Serialize().Length, 1, 4_096 * 64);
    }

    private static void Read(Action read)
    {
        try
        {
            read();
        }
        catch (InvalidDataException)
        {
            // What is expected of damage.
        }
    }

    private static byte[] CustomerDelta()
    {
        var (window, delta) = (new CustomerWindow(7), new CustomerDelta());
        for (var i = 1; i <= 3; i++)
        {
            var transaction = Steps.Make(new Step(StepKind.Arrive, 0, i, i), i, Steps.Start + i) with { Country = "DE", DeviceType = i == 2 ? null : "web" };
            delta.Add(transaction, window.Fold(transaction, long.MinValue).IsLate);
        }

        return delta.ToArray(window);
    }

    private static byte[] MerchantDelta()
    {
        var delta = new MerchantDelta();
        var transaction = Steps.Make(new Step(StepKind.Arrive, 0, 1, 1), 1, Steps.Start) with { MerchantId = 3 };
        delta.Add(transaction with { IsFraud = true });
        delta.Add(new LabelHistory(transaction.TransactionId, Steps.Start, [new LabelObservation(false, Steps.Start + 1)]));
        return delta.ToArray();
    }

    private static CustomerWindow Customer()
    {
        var window = new CustomerWindow(7, new CustomerWindowOptions { MaxExactEvents = 16 });
        for (var i = 1; i <= 40; i++)
        {
            window.Fold(Steps.Make(new Step(StepKind.Arrive, 0, i, i), i, Steps.Start + (i * UnixMicros.PerHour / 3)), long.MinValue);
        }

        return window;
    }

    private static MerchantWindow Merchant()
    {
        var window = new MerchantWindow(3, new MerchantWindowOptions { MaxExactEvents = 16 });
        for (var i = 1; i <= 40; i++)
        {
            window.Fold(
                Steps.Make(new Step(StepKind.Arrive, 0, i, i), i, Steps.Start + (i * UnixMicros.PerMinute * 9)) with { MerchantId = 3 });
        }

        return window;
    }
}
