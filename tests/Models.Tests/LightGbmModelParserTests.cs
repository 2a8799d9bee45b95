namespace Levee.Models.Tests;

public sealed class LightGbmModelParserTests
{
    // Tree 0: feature 0 <= 1.5 (NaN goes right); then feature 1 <= 0 (zero and NaN go left). Tree 1 is a single leaf. Tree 2 is without
    // missing values: NaN is read as 0.
    private const string Model = """
        tree
        version=v4
        num_class=1
        num_tree_per_iteration=1
        label_index=0
        max_feature_idx=2
        objective=binary sigmoid:0.5
        feature_names=a b c
        feature_infos=[0:10] [-1:1] [0:1]
        tree_sizes=1 1 1

        Tree=0
        num_leaves=3
        num_cat=0
        split_feature=0 1
        split_gain=1 1
        threshold=1.5000000000000002 1.0000000180025095e-35
        decision_type=8 6
        left_child=1 -1
        right_child=-2 -3
        leaf_value=0.1 0.2 -0.4
        is_linear=0
        shrinkage=1


        Tree=1
        num_leaves=1
        num_cat=0
        split_feature=
        leaf_value=0.05
        is_linear=0
        shrinkage=1


        Tree=2
        num_leaves=2
        num_cat=0
        split_feature=2
        threshold=-0.5
        decision_type=2
        left_child=-1
        right_child=-2
        leaf_value=1 2
        is_linear=0
        shrinkage=1


        end of trees

        feature_importances:
        a=1

        parameters:
        [boosting: gbdt]
        end of parameters
        """;

    [Theory]
    [InlineData(1.5f, 0f, 0f, 0.1 + 0.05 + 2)]
    [InlineData(1.5f, 0f, -0.5f, 0.1 + 0.05 + 1)]
    [InlineData(1.5f, 0f, float.NaN, 0.1 + 0.05 + 2)]
    [InlineData(1.5f, 1e-34f, 0f, -0.4 + 0.05 + 2)]
    [InlineData(1.5f, -1f, 0f, 0.1 + 0.05 + 2)]
    [InlineData(1.5f, float.NaN, 0f, 0.1 + 0.05 + 2)]
    [InlineData(1.5000001f, 0f, 0f, 0.2 + 0.05 + 2)]
    [InlineData(float.NaN, 0f, 0f, 0.2 + 0.05 + 2)]
    public void Splits_and_missing_values_are_read_as_light_gbm_means_them(float a, float b, float c, double raw)
    {
        var ensemble = TreeEnsemble.ParseLightGbm(Model);

        Assert.Equal(3, ensemble.TreeCount);
        Assert.Equal(3, ensemble.FeatureCount);
        Assert.Equal(raw, ensemble.PredictRaw([a, b, c]), 12);
        Assert.Equal(1 / (1 + Math.Exp(-0.5 * raw)), ensemble.Predict([a, b, c]), 6);
    }

    [Fact]
    public void Windows_line_ends_are_accepted() =>
        Assert.Equal(3, TreeEnsemble.ParseLightGbm(Model.ReplaceLineEndings("\r\n")).TreeCount);

    [Theory]
    [InlineData("decision_type=8 6", "decision_type=9 6", "categorical")]
    [InlineData("decision_type=8 6", "decision_type=8 14", "decision_type 14")]
    [InlineData("decision_type=8 6", "decision_type=8", "1 values; 2 are expected")]
    [InlineData("threshold=-0.5", "threshold=x", "'x'")]
    [InlineData("threshold=-0.5", "thresholds=-0.5", "threshold is missing")]
    [InlineData("left_child=1 -1", "left_child=0 -1", "more than once")]
    [InlineData("num_class=1", "num_class=3", "several classes")]
    [InlineData("objective=binary sigmoid:0.5", "objective=regression", "'regression'")]
    [InlineData("is_linear=0\nshrinkage=1\n\n\nTree=1", "is_linear=1\nshrinkage=1\n\n\nTree=1", "linear leaves")]
    [InlineData("max_feature_idx=2", "max_feature_idx=1", "reads feature 2")]
    [InlineData("end of trees", "", "cut short")]
    [InlineData("tree\nversion", "forest\nversion", "not a LightGBM model")]
    public void What_cannot_be_evaluated_is_refused_with_the_reason(string found, string replacement, string expected)
    {
        Assert.Contains(found, Model, StringComparison.Ordinal);
        var error = Assert.Throws<ModelFormatException>(
            () => TreeEnsemble.ParseLightGbm(Model.Replace(found, replacement, StringComparison.Ordinal)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
