using System.Text;
using Levee.Features;

namespace Levee.Simulation;

/// <summary>Records that no consumer can use, as careless producers send them.</summary>
internal static class PoisonRecords
{
    private static readonly Func<string, string>[] Manglers =
    [
        _ => "",
        _ => "not JSON",
        _ => "[]",
        _ => "{}",
        message => message[..(message.Length / 2)],
        message => message + message,
        message => message.Replace("\"amount\":", "\"amount\":-", StringComparison.Ordinal),
        message => message.Replace("\"amount\":", "\"amount\":0,\"was\":", StringComparison.Ordinal),
        message => message.Replace("\"amount\":", "\"amount\":NaN,\"was\":", StringComparison.Ordinal),
        message => message.Replace("\"customer_id\":", "\"customer_id\":-", StringComparison.Ordinal),
        message => message.Replace("\"customer_id\":", "\"client\":", StringComparison.Ordinal),
        message => message.Replace("\"merchant_id\":", "\"merchant_id\":1.5e9", StringComparison.Ordinal),
        message => message.Replace("\"currency\":\"", "\"currency\":\"x", StringComparison.Ordinal),
        message => message.Replace("\"timestamp\":\"2", "\"timestamp\":\"8", StringComparison.Ordinal),
        message => message.Replace("\"transaction_id\":\"", "\"transaction_id\":\"g", StringComparison.Ordinal),
    ];

    /// <summary>A mangled message; never one that <see cref="TransactionJson"/> reads.</summary>
    public static byte[] Make(DeterministicRandom random, Transaction transaction)
    {
        var kind = random.Next(Manglers.Length + 1);
        if (kind == Manglers.Length)
        {
            // Not UTF-8.
            return [0xFF, 0xFE, 0x7B, 0x00, 0x80];
        }

        return Encoding.UTF8.GetBytes(Manglers[kind](Encoding.UTF8.GetString(TransactionJson.Write(transaction))));
    }
}
