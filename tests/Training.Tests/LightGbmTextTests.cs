using Levee.Models;

namespace Levee.Training.Tests;

public sealed class LightGbmTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("zero_as_missing=true")]
    [InlineData("use_missing=false")]
    [InlineData("sigmoid=0.5 boosting=goss")]
    [InlineData("max_bin=4095 min_data_in_leaf=1 num_leaves=63")]
    public void A_parsed_model_predicts_as_light_gbm_itself(string parameters)
    {
        var rows = SyntheticRows.Make(4_000, 10);
        var all = "objective=binary verbose=-1 num_threads=2 deterministic=true seed=3 " + parameters;
        var text = NativeLightGbm.Train(
            rows.SelectMany(r => r.Features).ToArray(),
            SyntheticRows.Columns,
            [.. rows.Select(r => r.IsFraud ? 1f : 0f)],
            all,
            30);
        var trees = TreeEnsemble.ParseLightGbm(text);
        var probe = ProbeRows.Make(rows, trees, 10_000, seed: 4).SelectMany(r => r).ToArray();
        var expected = NativeLightGbm.Predict(text, probe, SyntheticRows.Columns);
        var actual = new double[expected.Length];
        trees.PredictBatch(probe, SyntheticRows.Columns, actual);

        Assert.Equal(30, trees.TreeCount);
        Assert.Contains(probe, float.IsNaN);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-6);
        }
    }
}
