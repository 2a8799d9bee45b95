using System.Text.Json;
using Levee.Features;

namespace Levee.Parity.Tests;

/// <summary>Requests as clients write them: what is optional is given, null or missing.</summary>
internal static class ServedRequest
{
    public static byte[] Write(Transaction asked, FeatureOverrides overrides)
    {
        var fields = new Dictionary<string, object?> { ["amount"] = asked.Amount, ["country"] = asked.Country };
        if (asked.BaseCents % 2 == 0)
        {
            fields["currency"] = asked.Currency;
            fields["device_type"] = asked.DeviceType;
        }
        else if (asked.DeviceType is not null)
        {
            fields["device_type"] = asked.DeviceType;
        }

        if (overrides.AvgAmount1m is not null)
        {
            fields["transaction_count"] = overrides.TransactionCount1m;
            fields["avg_amount"] = overrides.AvgAmount1m;
        }

        return JsonSerializer.SerializeToUtf8Bytes(fields);
    }
}
