using Microsoft.ML;
using Microsoft.ML.Data;

namespace Levee.Training;

/// <summary>
/// One row at a time through ML.NET's chain of getters, without a data view or an object per row. For one thread at a time.
/// </summary>
internal sealed class MlNetRowMapping
{
    private readonly InputRow _input;
    private readonly DataViewRow _output;
    private readonly ValueGetter<float> _score;
    private readonly bool _isProbability;

    public MlNetRowMapping(ITransformer pipeline, int featureCount)
    {
        _input = new InputRow(featureCount);
        var mapper = pipeline.GetRowToRowMapper(_input.Schema);
        var probability = mapper.OutputSchema.GetColumnOrNull(MlNetColumns.Probability);
        var column = probability ?? mapper.OutputSchema.GetColumnOrNull(MlNetColumns.Score)
            ?? throw new InvalidOperationException($"It gives neither '{MlNetColumns.Probability}' nor '{MlNetColumns.Score}'.");
        _isProbability = probability is not null;
        _output = mapper.GetRow(_input, [column]);
        _score = _output.GetGetter<float>(column);
    }

    public double Predict(ReadOnlySpan<float> features)
    {
        _input.Set(features);
        var score = 0f;
        _score(ref score);
        return _isProbability ? score : MlNetClassifier.ToProbability(score);
    }

    private sealed class InputRow : DataViewRow
    {
        private readonly float[] _values;
        private long _position = -1;

        public InputRow(int featureCount)
        {
            _values = new float[featureCount];
            var schema = new DataViewSchema.Builder();
            schema.AddColumn(MlNetColumns.Features, new VectorDataViewType(NumberDataViewType.Single, featureCount));
            Schema = schema.ToSchema();
        }

        public override DataViewSchema Schema { get; }

        // Getters keep what they computed for a position.
        public override long Position => _position;

        public override long Batch => 0;

        public void Set(ReadOnlySpan<float> features)
        {
            for (var i = 0; i < _values.Length; i++)
            {
                _values[i] = Math.Clamp(features[i], -MlNetClassifier.Limit, MlNetClassifier.Limit);
            }

            _position++;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
            (Delegate)(ValueGetter<VBuffer<float>>)GetFeatures as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"{column.Name} is not of type {typeof(TValue)}.");

        private void GetFeatures(ref VBuffer<float> value)
        {
            var editor = VBufferEditor.Create(ref value, _values.Length);
            _values.CopyTo(editor.Values);
            value = editor.Commit();
        }
    }
}
