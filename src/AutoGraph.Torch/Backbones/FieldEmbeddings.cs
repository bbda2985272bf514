using AutoGraph.Core.Features;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Backbones;

/// <summary>
/// Embeds one side's fields, the id being the first: [N, F·D]. Categories have tables with an "unknown" row at the end, multi-valued
/// fields the mean of their embeddings, numbers and vectors a linear layer, semantic vectors an MLP of two layers.
/// </summary>
internal sealed class FieldEmbeddings : nn.Module, IEmbeddingTables
{
    private readonly ParameterList tables;
    private readonly ParameterList projections;
    private readonly ModuleList<Tower> contents;    // per semantic field
    private readonly FeatureTable _features;
    private readonly bool[][] _alone;               // per table: which categories one row alone has
    private readonly Tensor[] _dense;               // [N, W] per dense field
    private readonly Tensor[] _semantic;            // [N, V] per semantic field

    public FieldEmbeddings(string side, FeatureTable features, int width, Generator generator) : base(side)
    {
        _features = features;
        (tables, projections, contents) = (nn.ParameterList(), nn.ParameterList(), nn.ModuleList<Tower>());
        foreach (var field in features.Fields)
        {
            if (field is DenseField dense) projections.append(Initialize.FanIn(generator, dense.Width, width, dense.Width));
            else if (field is SemanticField semantic) contents.append(new Tower(field.Name, semantic.Width, [2 * width], width, generator));
            else tables.append(Table(Cardinality(field)));
        }
        _alone = [.. features.Fields.Where(field => field is CategoricalField or MultiCategoricalField).Select(Alone)];
        _dense = [.. features.Fields.OfType<DenseField>().Select(field =>
            Matrix(field.Values, field.Width).DetachFromDisposeScope())];
        _semantic = [.. features.Fields.OfType<SemanticField>().Select(field =>
            Matrix(field.Values, field.Width).DetachFromDisposeScope())];
        (Width, ContentWidth) = (features.Fields.Count * width, contents.Count * width);
        int behind = features.Fields.SkipWhile(field => field is not SemanticField).Count(field => field is not SemanticField);
        if (behind > 0) throw new ArgumentException($"Expected semantic fields after all others, found {behind} behind one.", nameof(features));
        RegisterComponents();

        Parameter Table(int rows) => Initialize.Normal(generator, Deviation, rows + 1, width);
    }

    /// <summary>Standard deviation of initial embeddings.</summary>
    internal const double Deviation = 0.1;

    /// <summary>F·D.</summary>
    public int Width { get; }

    public IEnumerable<Parameter> EmbeddingTables => tables;

    /// <summary>Width of the semantic fields, which come last.</summary>
    public int ContentWidth { get; }

    /// <summary>The table of the first field, the entity's own id: [N + 1, D]; its last row is "unknown".</summary>
    public Parameter Ids => tables[0];

    /// <summary>The row of <see cref="Ids"/> that stands for an entity: its own, or "unknown" where it had no training interaction.</summary>
    public int IdOf(int row) => ((CategoricalField)_features.Fields[0]).Ids[row] is >= 0 and var id ? id : _features.RowCount;

    /// <summary>Embeds rows; -1 is an entity unknown to the model, all of whose fields are unknown.</summary>
    /// <param name="rows">[B] entity positions or -1.</param>
    /// <param name="drop">Part of the ids to replace by "unknown", drawn from the stream; 0 in inference.</param>
    /// <param name="random">Where replacements are drawn from.</param>
    /// <param name="standAsNew">Which of the rows stand as new: their id and the categories that are theirs alone read "unknown"; null for none.</param>
    public Tensor Embed(ReadOnlySpan<int> rows, double drop, ref RandomStream random, bool[]? standAsNew = null) => Embed(_features, rows, drop, ref random, standAsNew);

    /// <summary>Embeds all rows of another table with the same fields.</summary>
    public Tensor Embed(FeatureTable rows)
    {
        var random = default(RandomStream);     // nothing is drawn
        return Embed(rows, [.. Enumerable.Range(0, rows.RowCount)], 0, ref random, null);
    }

    private Tensor Embed(FeatureTable features, ReadOnlySpan<int> rows, double drop, ref RandomStream random, bool[]? standAsNew)
    {
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>(features.Fields.Count);
        bool own = ReferenceEquals(features, _features);
        int table = 0, projection = 0, content = 0;
        foreach (var field in features.Fields)
            parts.Add(field switch
            {
                CategoricalField f => SegmentMean.Apply(tables[table], CategoryEdges(f, rows, drop, ref random, _alone[table++], standAsNew)),
                MultiCategoricalField f => SegmentMean.Apply(tables[table], MultiEdges(f, rows, drop, ref random, _alone[table++], standAsNew)),
                DenseField f => nn.functional.linear(Rows(own ? _dense[projection] : Matrix(f.Values, f.Width), rows), projections[projection++]),
                SemanticField f => Content(f, content++, own, rows),
                _ => throw new NotSupportedException($"Expected a categorical, multi-valued, dense or semantic feature, found {field.GetType().Name}."),
            });
        return cat(parts, 1).MoveToOuterDisposeScope();
    }

    private Tensor Content(SemanticField field, int place, bool own, ReadOnlySpan<int> rows) =>
        contents[place].forward(Rows(own ? _semantic[place] : Matrix(field.Values, field.Width), rows));

    // a clone, since matrix products round by the alignment of an array's own memory
    private static Tensor Matrix(float[] values, int width) => tensor(values, values.Length / width, width).clone();

    // [B, W]; an unknown row reads zeros, which is the mean
    private Tensor Rows(Tensor values, ReadOnlySpan<int> rows)
    {
        var device = Ids.device;
        if (rows.Length == values.shape[0] && IsIdentity(rows)) return values.to(device);
        var index = new long[rows.Length];
        var known = new bool[rows.Length];
        for (int i = 0; i < rows.Length; i++) (index[i], known[i]) = (Math.Max(0, rows[i]), rows[i] >= 0);
        var picked = TableRows.Of(values.to(device), tensor(index, device: device));
        return TableRows.Choose(tensor(known, device: device).unsqueeze(1), picked, zeros_like(picked));
    }

    private static bool IsIdentity(ReadOnlySpan<int> rows)
    {
        for (int i = 0; i < rows.Length; i++)
            if (rows[i] != i) return false;
        return true;
    }

    private static EdgeList CategoryEdges(CategoricalField field, ReadOnlySpan<int> rows, double drop, ref RandomStream random, bool[] alone, bool[]? standAsNew)
    {
        var sources = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            int id = rows[i] < 0 ? -1 : field.Ids[rows[i]];
            bool isNew = standAsNew is not null && standAsNew[i] && id >= 0 && alone[id];
            sources[i] = id < 0 || isNew || Dropped(drop, ref random) ? field.Cardinality : id;
        }
        return EdgeList.Rows(sources, field.Cardinality + 1);
    }

    private static EdgeList MultiEdges(MultiCategoricalField field, ReadOnlySpan<int> rows, double drop, ref RandomStream random, bool[] alone, bool[]? standAsNew)
    {
        var offsets = new int[rows.Length + 1];
        var sources = new List<int>(2 * rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            var ids = rows[i] < 0 ? [] : field.Ids.AsSpan(field.Offsets[rows[i]]..field.Offsets[rows[i] + 1]);
            int before = sources.Count;
            if (!ids.IsEmpty && !Dropped(drop, ref random))
                foreach (int id in ids)
                    if (standAsNew?[i] != true || !alone[id]) sources.Add(id);
            if (sources.Count == before) sources.Add(field.Cardinality);
            offsets[i + 1] = sources.Count;
        }
        return new EdgeList(rows.Length, field.Cardinality + 1, offsets, [.. sources]);
    }

    private static bool[] Alone(FeatureField field)
    {
        var counts = new int[Cardinality(field)];
        for (int row = 0; row < field.RowCount; row++)
            foreach (int id in CategoriesOf(field, row).Distinct()) counts[id]++;
        return Array.ConvertAll(counts, count => count == 1);

        static IEnumerable<int> CategoriesOf(FeatureField field, int row) => field switch
        {
            CategoricalField one => one.Ids[row] >= 0 ? [one.Ids[row]] : [],
            MultiCategoricalField many => many.Ids[many.Offsets[row]..many.Offsets[row + 1]],
            _ => [],
        };
    }

    private static bool Dropped(double drop, ref RandomStream random) => drop > 0 && random.NextDouble() < drop;

    private static int Cardinality(FeatureField field) => field switch
    {
        CategoricalField f => f.Cardinality,
        MultiCategoricalField f => f.Cardinality,
        _ => throw new NotSupportedException($"Expected a categorical or multi-valued feature, found {field.GetType().Name}."),
    };

    protected override void Dispose(bool disposing)
    {
        if (disposing) foreach (var values in _dense.Concat(_semantic)) values.Dispose();
        base.Dispose(disposing);
    }
}
