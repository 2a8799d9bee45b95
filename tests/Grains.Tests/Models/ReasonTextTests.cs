using Levee.Features;
using Levee.Grains.Models;

namespace Levee.Grains.Tests.Models;

public sealed class ReasonTextTests
{
    private static readonly FeatureList Features = FeatureList.All;

    [Theory]
    [InlineData("customer_transaction_count_10m", 4, "4 transactions in 10 minutes; usual: 1 a day")]
    [InlineData("customer_transaction_count_1m", 1, "1 transaction in 1 minute; usual: 1 a day")]
    [InlineData("amount", 129.9f, "amount 130; usual: 42.69")]
    [InlineData("customer_avg_amount_1d", 7.25f, "average amount 7.25 in 1 day; usual: 47.02")]
    [InlineData("customer_max_amount_1h", 50, "largest amount 50 in 1 hour; usual: 3")]
    [InlineData("is_night", 1, "at night (UTC)")]
    [InlineData("currency_code", 3_241, "in currency EUR")]
    [InlineData("country_code", 82, "in country DE")]
    [InlineData("device_code", float.NaN, "no type of device given")]
    [InlineData("is_new_country", 1, "a country that is new to the customer")]
    [InlineData("is_new_country", float.NaN, "no country given")]
    [InlineData("merchant_fraud_rate_7d", 0.125f, "12.5 % known frauds at the merchant in 7 days, up to a week ago; usual: 300 %")]
    [InlineData("seconds_since_last_transaction", 90, "90 seconds after the transaction before; usual: 3 seconds")]
    public void A_value_and_what_is_usual_are_words(string name, float value, string text)
    {
        var vector = new float[Features.Count];
        vector[IndexOf("customer_transaction_count_30d")] = 31;
        vector[IndexOf("customer_avg_amount_30d")] = 45.5f;
        vector[IndexOf(name)] = value;

        // Where the customer's own windows do not tell, the median of all would come; here that is 3.
        var usual = ReasonText.UsualOf(Features, IndexOf(name), vector) ?? 3;

        Assert.Equal(text, ReasonText.Of(Features, IndexOf(name), vector, usual));
    }

    [Fact]
    public void Every_feature_has_words_of_its_own()
    {
        for (var i = 0; i < Features.Count; i++)
        {
            foreach (var value in (float[])[0, 1, 2.5f, 1e6f, float.NaN])
            {
                var vector = new float[Features.Count];
                vector[i] = value;
                Assert.DoesNotContain('_', ReasonText.Of(Features, i, vector, double.NaN));
            }
        }
    }

    private static int IndexOf(string name) =>
        Features.Features.Select((feature, index) => (feature, index)).Single(f => f.feature.Name == name).index;
}
