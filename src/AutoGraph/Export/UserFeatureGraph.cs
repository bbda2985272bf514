using System.Globalization;
using System.Numerics.Tensors;
using System.Text.RegularExpressions;
using AutoGraph.Core.Features;

namespace AutoGraph;

/// <summary>The fields of users as ONNX: what a request gives, and elsewhere what is stored with the user's row.</summary>
internal sealed partial class UserFeatureGraph
{
    private const long AsStored = -1;
    private const string Absent = "as stored with the user's row, unknown for nobody known";
    private readonly OnnxGraph _graph;
    private readonly FeatureTable _stored;          // [U + 1]
    private readonly FeatureTable _fitted;          // says which categories were trained
    private readonly FeatureEncoder _encoder;
    private readonly TrainedWeights _weights;
    private readonly string _user;
    private readonly int _width;
    private readonly Dictionary<string, IReadOnlyList<string>> _vocabularies = [];

    /// <param name="graph">The graph.</param>
    /// <param name="stored">[U + 1] rows.</param>
    /// <param name="fitted">The features as fitted.</param>
    /// <param name="encoder">What made them of columns.</param>
    /// <param name="weights">Weights of the fields.</param>
    /// <param name="user">[N] rows of users.</param>
    /// <param name="width">D.</param>
    internal UserFeatureGraph(OnnxGraph graph, FeatureTable stored, FeatureTable fitted, FeatureEncoder encoder, TrainedWeights weights, string user, int width) =>
        (_graph, _stored, _fitted, _encoder, _weights, _user, _width) = (graph, stored, fitted, encoder, weights, user, width);

    /// <summary>The categories of each input that takes their positions.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyList<string>> Vocabularies => _vocabularies;

    private int Rows => _stored.RowCount;

    /// <summary>[N, F·D].</summary>
    internal string Embed()
    {
        var parts = new List<string>();
        int table = 0, projection = 0, content = 0;
        foreach (var (field, fitted) in _stored.Fields.Zip(_fitted.Fields))
            parts.Add(field switch
            {
                CategoricalField { Name: Torch.Recommendation.TrainedFeatures.IdField } f => OfIds(f, _weights[$"tables.{table++}"]),
                CategoricalField f => Categorical(f, Seen(((CategoricalField)fitted).Ids, f.Cardinality), _weights[$"tables.{table++}"]),
                MultiCategoricalField f => Multi(f, Seen(((MultiCategoricalField)fitted).Ids, f.Cardinality), _weights[$"tables.{table++}"]),
                DenseField f => Dense(f, $"projections.{projection++}"),
                SemanticField f => Semantic(f, _weights.Of($"contents.{content++}")),
                _ => throw new NotSupportedException($"Expected a categorical, multi-valued, dense or semantic feature, found {field.GetType().Name}."),
            });
        return _graph.Concat(1, [.. parts]);
    }

    // a row of its own for every user, the last for those without an id of their own
    private string OfIds(CategoricalField ids, float[] table)
    {
        var rows = new float[Rows * _width];
        for (int user = 0; user < Rows; user++) Row(table, ids.Ids[user] < 0 ? ids.Cardinality : ids.Ids[user]).CopyTo(rows.AsSpan(user * _width));
        return _graph.Gather(_graph.Constant(rows, Rows, _width), _user);
    }

    private string Categorical(CategoricalField field, bool[] seen, float[] table)
    {
        string input = InputName(field.Name);
        string? vocabulary = VocabularyOf(input, field.Name);
        string given = _graph.Input<long>(input, ["N"], $"category of {field.Name}; -1: {Absent}; -2: unknown, or not in the vocabulary", vocabulary);
        string stored = _graph.ToInt64(_graph.Gather(_graph.Constant(Array.ConvertAll(field.Ids, id => id < 0 ? field.Cardinality : id), Rows), _user));
        string index = _graph.Where(_graph.Node("Equal", [given, _graph.Constant([AsStored])]), stored, Known(given, field.Cardinality));
        return _graph.Gather(Trained(table, seen), index);
    }

    private string Multi(MultiCategoricalField field, bool[] seen, float[] table)
    {
        string input = InputName(field.Name);
        string given = _graph.Input<long>(input, ["N", $"C_{input}"], $"categories of {field.Name}, in any order, -1 for none (padding), -2: not in the vocabulary; nothing but -1: {Absent}", VocabularyOf(input, field.Name));
        string isGiven = _graph.Node("Not", [_graph.Node("Equal", [given, _graph.Constant([AsStored])])]);
        string index = Known(given, field.Cardinality);
        string counts = _graph.Gather(_graph.Constant([.. seen.Select(there => there ? 1f : 0f), 0f], seen.Length + 1), index);                // [N, C]
        string count = _graph.Sum(counts, 1, keep: true);                                                                                       // [N, 1]
        string sum = _graph.Sum(_graph.Multiply(_graph.Gather(Trained(table, seen), index), _graph.Unsqueeze(counts, 2)), 1, keep: false);      // [N, D]
        string unknown = _graph.Constant(Row(table, field.Cardinality).ToArray(), 1, _width);
        string mean = _graph.Where(_graph.IsPositive(count), _graph.Divide(sum, _graph.AtLeast(count, 1)), unknown);
        return _graph.Where(_graph.IsPositive(_graph.Largest(_graph.ToFloat(isGiven), 1, keep: true)), mean, _graph.Gather(Means(field, table), _user));
    }

    private string Dense(DenseField field, string projection)
    {
        var scale = (DenseEncoder)_encoder.Fields.Single(encoder => encoder.Name == field.Name);
        string input = InputName(field.Name);
        string given = _graph.Input<float>(input, ["N", Size(field.Width)], $"{field.Name} as in the user table; NaN: {Absent}");
        string standardized = _graph.Divide(_graph.Subtract(given, _graph.Constant(scale.Means, 1, field.Width)), _graph.Constant(scale.Deviations, 1, field.Width));
        string stored = _graph.Gather(_graph.Constant(field.Values, Rows, field.Width), _user);
        return _graph.Linear(_graph.Where(_graph.Node("IsNaN", [given]), stored, standardized), _weights, projection);
    }

    private string Semantic(SemanticField field, TrainedWeights tower)
    {
        var scale = field.Scale ?? throw new NotSupportedException($"Expected the scale of '{field.Name}' in the model, found none: an older version saved it. Fit the model anew to export it.");
        string input = InputName(field.Name);
        string given = _graph.Input<float>(input, ["N", Size(field.Width)], $"semantic vector ({field.Name}) as the encoder gives it; NaN: {Absent}");
        string scaled = _graph.Multiply(_graph.Subtract(given, _graph.Constant(scale.Mean, 1, field.Width)), scale.Factor);
        string content = _graph.Linear(_graph.Relu(_graph.Linear(scaled, tower, "weights.0", "biases.0")), tower, "weights.1", "biases.1");
        string isUnknown = _graph.IsPositive(_graph.Largest(_graph.ToFloat(_graph.Node("IsNaN", [given])), 1, keep: true));
        return _graph.Where(isUnknown, _graph.Gather(_graph.Constant(Contents(field, tower), Rows, _width), _user), content);
    }

    // what is no known category becomes the unknown one
    private string Known(string given, int cardinality) => _graph.Where(_graph.IsNegative(given), _graph.Constant([(long)cardinality]), given);

    // categories that no trained user has read as unknown
    private string Trained(float[] table, bool[] seen)
    {
        var rows = (float[])table.Clone();
        for (int id = 0; id < seen.Length; id++)
            if (!seen[id]) Row(table, seen.Length).CopyTo(rows.AsSpan(id * _width));
        return _graph.Constant(rows, seen.Length + 1, _width);
    }

    private string Means(MultiCategoricalField field, float[] table)
    {
        var means = new float[Rows * _width];
        for (int user = 0; user < Rows; user++)
        {
            var ids = field.Ids.AsSpan(field.Offsets[user]..field.Offsets[user + 1]);
            var mean = means.AsSpan(user * _width, _width);
            if (ids.IsEmpty) Row(table, field.Cardinality).CopyTo(mean);
            foreach (int id in ids) TensorPrimitives.Add(mean, Row(table, id), mean);
            TensorPrimitives.Divide(mean, Math.Max(1, ids.Length), mean);
        }
        return _graph.Constant(means, Rows, _width);
    }

    // Linear–ReLU–Linear of what is stored: a vector of D values a user instead of the encoder's V
    private float[] Contents(SemanticField field, TrainedWeights tower)
    {
        var ((weight, bias), (nextWeight, nextBias)) = ((tower["weights.0"], tower["biases.0"]), (tower["weights.1"], tower["biases.1"]));
        var (contents, hidden) = (new float[Rows * _width], new float[bias.Length]);
        for (int user = 0; user < Rows; user++)
        {
            Linear(field.Values.AsSpan(user * field.Width, field.Width), weight, bias, hidden);
            TensorPrimitives.Max(hidden, 0, hidden);
            Linear(hidden, nextWeight, nextBias, contents.AsSpan(user * _width, _width));
        }
        return contents;
    }

    private static void Linear(ReadOnlySpan<float> x, float[] weight, float[] bias, Span<float> result)
    {
        for (int unit = 0; unit < bias.Length; unit++) result[unit] = TensorPrimitives.Dot(x, weight.AsSpan(unit * x.Length, x.Length)) + bias[unit];
    }

    private ReadOnlySpan<float> Row(float[] table, int row) => table.AsSpan(row * _width, _width);

    private static bool[] Seen(int[] ids, int cardinality)
    {
        var seen = new bool[cardinality];
        foreach (int id in ids)
            if (id >= 0) seen[id] = true;
        return seen;
    }

    private static string Size(int width) => width.ToString(CultureInfo.InvariantCulture);

    // codes have none: they are numbers already
    private string? VocabularyOf(string input, string field)
    {
        var vocabulary = _encoder.Fields.FirstOrDefault(encoder => encoder.Name == field) switch
        {
            CategoricalEncoder categories => categories.Vocabulary,
            MultiCategoricalEncoder categories => categories.Vocabulary,
            _ => null,
        };
        if (vocabulary is null) return null;
        _vocabularies.Add(input, vocabulary.Categories);
        return input;
    }

    // names of inputs are identifiers; two columns never share one
    private string InputName(string field)
    {
        string start = $"feature_{NoIdentifier().Replace(field, "_").Trim('_')}", name = start;
        for (int copy = 2; _graph.Inputs.Any(input => input.Name == name); copy++) name = string.Create(CultureInfo.InvariantCulture, $"{start}_{copy}");
        return name;
    }

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NoIdentifier();
}
