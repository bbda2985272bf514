using AutoGraph.Core.Features;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>
/// Two towers and a dot product (paper §3.3.2): user MLP over [user fields ‖ history ‖ graph field], item MLP over
/// [item fields ‖ graph field]. The graph field is dropout(ReLU(Linear(graph vector))). The backbone reads the history's item
/// id embeddings; where it gives several vectors per row, each passes the same MLP and makes a user vector.
/// </summary>
internal sealed class TwoTowerModel : nn.Module
{
    private readonly FieldEmbeddings userFields;
    private readonly FieldEmbeddings itemFields;
    private readonly Tower userTower;
    private readonly Tower itemTower;
    private readonly HistoryEncoder history;
    private readonly GraphField? userGraph;
    private readonly GraphField? itemGraph;
    private readonly int[] _allItems;

    public TwoTowerModel(FeatureTable users, FeatureTable items, int? graphWidth, RecommenderOptions options, Generator generator) : base(nameof(TwoTowerModel))
    {
        (UserFeatures, ItemFeatures) = (users, items);
        int width = options.Dimension, graphField = graphWidth is null ? 0 : width;
        userFields = new FieldEmbeddings(nameof(userFields), users, width, generator);
        itemFields = new FieldEmbeddings(nameof(itemFields), items, width, generator);
        if (graphWidth is { } input)
        {
            userGraph = new GraphField(input, width, options.Dropout, generator);
            itemGraph = new GraphField(input, width, options.Dropout, generator);
        }
        history = HistoryEncoder.Create(options, generator);
        userTower = new Tower(nameof(userTower), userFields.Width + history.Width + graphField, options.HiddenWidths, width, generator);
        itemTower = new Tower(nameof(itemTower), itemFields.Width + graphField, options.HiddenWidths, width, generator);
        _allItems = [.. Enumerable.Range(0, items.RowCount)];
        RegisterComponents();
    }

    /// <summary>Features of all users.</summary>
    public FeatureTable UserFeatures { get; }

    /// <summary>Features of all items.</summary>
    public FeatureTable ItemFeatures { get; }

    /// <summary>The row of the item id table that stands for an item in a history.</summary>
    public int HistoryRow(int item) => itemFields.IdOf(item);

    /// <summary>Item vectors of all items, [I, D].</summary>
    /// <param name="graphItems">[I, G] graph vectors, where the model has a graph field.</param>
    /// <param name="drop">Part of the ids replaced by "unknown"; 0 in inference.</param>
    /// <param name="random">Where replacements and dropout are drawn from.</param>
    public Tensor Items(Tensor? graphItems, double drop, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var fields = itemFields.Embed(_allItems, drop, ref random);
        if (itemGraph is not null) fields = cat([fields, itemGraph.Project(graphItems!, ref random)], 1);
        return itemTower.forward(fields).MoveToOuterDisposeScope();
    }

    /// <summary>Vectors per user K.</summary>
    public int VectorsPerUser => history.Vectors;

    /// <summary>User vectors of a batch, [B·K, D], those of a user beside each other.</summary>
    /// <param name="users">[B] user positions or -1.</param>
    /// <param name="histories">Edges from I + 1 items (the last is "unknown") to B rows: the latest items of each history.</param>
    /// <param name="graphUsers">[B, G] graph vectors of the batch, where the model has a graph field.</param>
    /// <param name="drop">Part of the ids replaced by "unknown"; 0 in inference.</param>
    /// <param name="random">Where replacements and dropout are drawn from.</param>
    public Tensor Users(ReadOnlySpan<int> users, EdgeList histories, Tensor? graphUsers, double drop, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var fields = userFields.Embed(users, drop, ref random);
        var read = history.Encode(itemFields.Ids, histories, ref random);
        List<Tensor> parts = [Repeated(fields), read];
        if (userGraph is not null) parts.Add(Repeated(userGraph.Project(graphUsers!, ref random)));
        return userTower.forward(cat(parts, 1)).MoveToOuterDisposeScope();
    }

    // [B, W] → [B·K, W]
    private Tensor Repeated(Tensor rows) =>
        VectorsPerUser == 1 ? rows : rows.unsqueeze(1).expand(-1, VectorsPerUser, -1).reshape(-1, rows.shape[1]);
}

/// <summary>dropout(ReLU(Linear(v))): [N, G] → [N, D]. Dropout is on while the module trains.</summary>
internal sealed class GraphField : nn.Module
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly double _dropout;

    public GraphField(int inputWidth, int width, double dropout, Generator generator) : base(nameof(GraphField))
    {
        weight = Initialize.FanIn(generator, inputWidth, width, inputWidth);
        bias = Initialize.FanIn(generator, inputWidth, width);
        _dropout = dropout;
        RegisterComponents();
    }

    public Tensor Project(Tensor vectors, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var field = nn.functional.linear(vectors, weight, bias).relu_();
        if (training && _dropout > 0)
        {
            using var generator = new Generator(random.NextBits() >> 1, field.device);
            var kept = Scalars.IsAtLeast(rand(field.shape, generator: generator, device: field.device), _dropout).to(field.dtype);
            field *= Scalars.Multiply(kept, 1 / (1 - _dropout));
        }
        return field.MoveToOuterDisposeScope();
    }
}
