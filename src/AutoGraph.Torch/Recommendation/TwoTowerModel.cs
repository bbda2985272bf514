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
/// id embeddings, and with <see cref="RecommenderOptions.EnhancedHistory"/> a linear map of the items' semantic and graph fields
/// is added to them; where it gives several vectors per row, each passes the same MLP and makes a user vector.
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
    private readonly Parameter? historyFields;      // [D, F·D] from the items' semantic and graph fields
    private readonly int[] _allItems;

    public TwoTowerModel(FeatureTable users, FeatureTable items, GraphWidths graph, RecommenderOptions options, Generator generator) : base(nameof(TwoTowerModel))
    {
        (UserFeatures, ItemFeatures, GraphWidths) = (users, items, graph);
        int width = options.Dimension;
        userFields = new FieldEmbeddings(nameof(userFields), users, width, generator);
        itemFields = new FieldEmbeddings(nameof(itemFields), items, width, generator);
        if (graph.Users > 0) userGraph = new GraphField(graph.Users, width, options.Dropout, generator);
        if (graph.Items > 0) itemGraph = new GraphField(graph.Items, width, options.Dropout, generator);
        int enhanced = itemFields.ContentWidth + (itemGraph is null ? 0 : width);
        if (options.EnhancedHistory && enhanced > 0) historyFields = Initialize.Zeros(width, enhanced);
        history = HistoryEncoder.Create(options, generator);
        userTower = new Tower(nameof(userTower), userFields.Width + history.Width + (userGraph is null ? 0 : width), options.HiddenWidths, width, generator);
        itemTower = new Tower(nameof(itemTower), itemFields.Width + (itemGraph is null ? 0 : width), options.HiddenWidths, width, generator);
        _allItems = [.. Enumerable.Range(0, items.RowCount)];
        RegisterComponents();
    }

    /// <summary>Features of all users.</summary>
    public FeatureTable UserFeatures { get; }

    /// <summary>Features of all items.</summary>
    public FeatureTable ItemFeatures { get; }

    /// <summary>Widths of the graph vectors that the towers read.</summary>
    public GraphWidths GraphWidths { get; }

    /// <summary>The row of the item id table that stands for an item in a history.</summary>
    public int HistoryRow(int item) => itemFields.IdOf(item);

    /// <summary>Vectors of all items, [I, D], and what the backbone reads of the items of a history, [I + 1, D].</summary>
    /// <param name="graphItems">[I, G] graph vectors, where the model has a graph field for items.</param>
    /// <param name="drop">Part of the ids replaced by "unknown"; 0 in inference.</param>
    /// <param name="random">Where replacements and dropout are drawn from.</param>
    public (Tensor Vectors, Tensor HistoryTable) Items(Tensor? graphItems, double drop, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var fields = itemFields.Embed(_allItems, drop, ref random);
        int ids = itemFields.Width - itemFields.ContentWidth;
        if (itemGraph is not null) fields = cat([fields, itemGraph.Project(graphItems!, ref random)], 1);
        var table = itemFields.Ids.alias();
        if (historyFields is not null)
        {
            var added = nn.functional.linear(fields.narrow(1, ids, fields.shape[1] - ids), historyFields);                 // [I, D]
            table = Scalars.Add(table, cat([added, zeros(1, added.shape[1], dtype: added.dtype, device: added.device)], 0));
        }
        return (itemTower.forward(fields).MoveToOuterDisposeScope(), table.MoveToOuterDisposeScope());
    }

    /// <summary>Vectors per user K.</summary>
    public int VectorsPerUser => history.Vectors;

    /// <summary>User vectors of a batch, [B·K, D], those of a user beside each other.</summary>
    /// <param name="users">[B] user positions or -1.</param>
    /// <param name="histories">Edges from I + 1 items (the last is "unknown") to B rows: the latest items of each history.</param>
    /// <param name="table">[I + 1, D] what the backbone reads of the items.</param>
    /// <param name="graphUsers">[B, G] graph vectors of the batch, where the model has a graph field.</param>
    /// <param name="drop">Part of the ids replaced by "unknown"; 0 in inference.</param>
    /// <param name="random">Where replacements and dropout are drawn from.</param>
    public Tensor Users(ReadOnlySpan<int> users, EdgeList histories, Tensor table, Tensor? graphUsers, double drop, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var fields = userFields.Embed(users, drop, ref random);
        var read = history.Encode(table, histories, ref random);
        List<Tensor> parts = [Repeated(fields), read];
        if (userGraph is not null) parts.Add(Repeated(userGraph.Project(graphUsers!, ref random)));
        return userTower.forward(cat(parts, 1)).MoveToOuterDisposeScope();
    }

    // [B, W] → [B·K, W]
    private Tensor Repeated(Tensor rows) =>
        VectorsPerUser == 1 ? rows : rows.unsqueeze(1).expand(-1, VectorsPerUser, -1).reshape(-1, rows.shape[1]);
}

/// <summary>Widths of the graph vectors of users and items; 0 for none.</summary>
internal readonly record struct GraphWidths(int Users, int Items);

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
