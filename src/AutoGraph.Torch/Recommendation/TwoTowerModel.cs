using AutoGraph.Core.Features;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>
/// Two towers and a dot product (paper §3.3.2): user MLP over [user fields ‖ history ‖ enhancement fields], item MLP
/// over [item fields ‖ enhancement fields]. An enhancement field is dropout(ReLU(Linear(vector))). The backbone reads the history's item
/// id embeddings, and with <see cref="RecommenderOptions.EnhancedHistory"/> a linear map of the items' semantic and enhancement fields
/// is added to them; where it gives several vectors per row, each passes the same MLP and makes a user vector.
/// </summary>
internal sealed class TwoTowerModel : nn.Module
{
    private readonly FieldEmbeddings userFields;
    private readonly FieldEmbeddings itemFields;
    private readonly Tower userTower;
    private readonly Tower itemTower;
    private readonly HistoryEncoder history;
    private readonly ModuleList<EnhancementField> userEnhancements;
    private readonly ModuleList<EnhancementField> itemEnhancements;
    private readonly Parameter? historyFields;      // [D, F·D] from the items' semantic and enhancement fields
    private readonly int[] _allItems;

    public TwoTowerModel(FeatureTable users, FeatureTable items, EnhancementWidths widths, RecommenderOptions options, Generator generator) : base(nameof(TwoTowerModel))
    {
        (UserFeatures, ItemFeatures, Widths) = (users, items, widths);
        int width = options.Dimension;
        userFields = new FieldEmbeddings(nameof(userFields), users, width, generator);
        itemFields = new FieldEmbeddings(nameof(itemFields), items, width, generator);
        userEnhancements = nn.ModuleList([.. widths.Users.Select(input => new EnhancementField(input, width, options.Dropout, generator))]);
        itemEnhancements = nn.ModuleList([.. widths.Items.Select(input => new EnhancementField(input, width, options.Dropout, generator))]);
        int enhanced = itemFields.ContentWidth + itemEnhancements.Count * width;
        if (options.EnhancedHistory && enhanced > 0) historyFields = Initialize.Zeros(width, enhanced);
        history = HistoryEncoder.Create(options, generator);
        userTower = new Tower(nameof(userTower), userFields.Width + history.Width + userEnhancements.Count * width, options.HiddenWidths, width, generator);
        itemTower = new Tower(nameof(itemTower), itemFields.Width + itemEnhancements.Count * width, options.HiddenWidths, width, generator);
        _allItems = [.. Enumerable.Range(0, items.RowCount)];
        RegisterComponents();
    }

    /// <summary>Features of all users.</summary>
    public FeatureTable UserFeatures { get; }

    /// <summary>Features of all items.</summary>
    public FeatureTable ItemFeatures { get; }

    /// <summary>Widths of the vectors of enhancements that the towers read.</summary>
    public EnhancementWidths Widths { get; }

    /// <summary>Width D of what the backbone reads of an item.</summary>
    public int ItemWidth => (int)itemFields.Ids.shape[1];

    /// <summary>The row of the item id table that stands for an item in a history.</summary>
    public int HistoryRow(int item) => itemFields.IdOf(item);

    /// <summary>Vectors of all items, [I, D], and what the backbone reads of the items of a history, [I + 1, D].</summary>
    /// <param name="enhanced">[I, Σ widths] vectors of enhancements beside each other, where the model has fields for them.</param>
    /// <param name="drop">Part of the ids replaced by "unknown"; 0 in inference.</param>
    /// <param name="random">Where replacements and dropout are drawn from.</param>
    /// <param name="newItems">[I] which items stand as new, or null for none.</param>
    public (Tensor Vectors, Tensor HistoryTable) Items(Tensor? enhanced, double drop, ref RandomStream random, bool[]? newItems = null)
    {
        using var scope = NewDisposeScope();
        var fields = itemFields.Embed(_allItems, drop, ref random, newItems);
        if (enhanced is not null) fields = cat([fields, .. Project(itemEnhancements, enhanced, ref random)], 1);
        var table = itemFields.Ids.alias();
        if (Added(fields) is { } added) table = Scalars.Add(table, cat([added, zeros(1, added.shape[1], dtype: added.dtype, device: added.device)], 0));
        if (newItems is not null) table = TableRows.Choose(tensor([.. newItems, false], device: table.device).unsqueeze(1), table.narrow(0, newItems.Length, 1), table);     // as HistoryRow has it
        return (itemTower.forward(fields).MoveToOuterDisposeScope(), table.MoveToOuterDisposeScope());
    }

    /// <summary>The vector of a single item, [1, D], and what the backbone reads of it, [1, D]: the item tower over features of its own.</summary>
    /// <param name="features">One row with the fields of <see cref="ItemFeatures"/>; its id is unknown where the item joined after training.</param>
    /// <param name="enhanced">[1, Σ widths], where the model has fields for it.</param>
    public (Tensor Vector, Tensor History) Item(FeatureTable features, Tensor? enhanced)
    {
        using var scope = NewDisposeScope();
        var random = default(RandomStream);     // inference draws nothing
        var fields = itemFields.Embed(features);
        if (enhanced is not null) fields = cat([fields, .. Project(itemEnhancements, enhanced, ref random)], 1);
        int id = ((CategoricalField)features.Fields[0]).Ids[0];
        var history = itemFields.Ids.narrow(0, id < 0 ? ItemFeatures.RowCount : id, 1).clone();
        if (id >= 0 && Added(fields) is { } added) history = Scalars.Add(history, added);      // as HistoryRow has it: one without an id reads as unknown
        return (itemTower.forward(fields).MoveToOuterDisposeScope(), history.MoveToOuterDisposeScope());
    }

    // what fields of content add to the rows that histories read, [I, D]; null where the model has no such map
    private Tensor? Added(Tensor fields)
    {
        int ids = itemFields.Width - itemFields.ContentWidth;
        return historyFields is null ? null : nn.functional.linear(fields.narrow(1, ids, fields.shape[1] - ids), historyFields);
    }

    /// <summary>Vectors per user K.</summary>
    public int VectorsPerUser => history.Vectors;

    /// <summary>User vectors of a batch, [B·K, D], those of a user beside each other.</summary>
    /// <param name="users">[B] user positions or -1.</param>
    /// <param name="histories">Edges from I + 1 items (the last is "unknown") to B rows: the latest items of each history.</param>
    /// <param name="table">[I + 1, D] what the backbone reads of the items.</param>
    /// <param name="enhanced">[B, Σ widths] vectors of enhancements beside each other, where the model has fields for them.</param>
    /// <param name="drop">Part of the ids replaced by "unknown"; 0 in inference.</param>
    /// <param name="random">Where replacements and dropout are drawn from.</param>
    public Tensor Users(ReadOnlySpan<int> users, EdgeList histories, Tensor table, Tensor? enhanced, double drop, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        return Users(userFields.Embed(users, drop, ref random), histories, table, enhanced, ref random).MoveToOuterDisposeScope();
    }

    /// <summary>User vectors [B·K, D] of rows with features of their own, in inference.</summary>
    /// <param name="features">B rows with the fields of <see cref="UserFeatures"/>.</param>
    /// <param name="histories">Edges from the rows of the table to B rows.</param>
    /// <param name="table">[n, D] what the backbone reads of the items.</param>
    /// <param name="enhanced">[B, Σ widths], where the model has fields for it.</param>
    public Tensor Users(FeatureTable features, EdgeList histories, Tensor table, Tensor? enhanced)
    {
        using var scope = NewDisposeScope();
        var random = default(RandomStream);     // inference draws nothing
        return Users(userFields.Embed(features), histories, table, enhanced, ref random).MoveToOuterDisposeScope();
    }

    private Tensor Users(Tensor fields, EdgeList histories, Tensor table, Tensor? enhanced, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var read = history.Encode(table, histories, ref random);
        List<Tensor> parts = [Repeated(fields), read];
        if (enhanced is not null) parts.AddRange(Project(userEnhancements, enhanced, ref random).Select(Repeated));
        return userTower.forward(cat(parts, 1)).MoveToOuterDisposeScope();
    }

    // [B, W] → [B·K, W]
    private Tensor Repeated(Tensor rows) =>
        VectorsPerUser == 1 ? rows : rows.unsqueeze(1).expand(-1, VectorsPerUser, -1).reshape(-1, rows.shape[1]);

    private static List<Tensor> Project(ModuleList<EnhancementField> fields, Tensor vectors, ref RandomStream random)
    {
        var projected = new List<Tensor>(fields.Count);
        long column = 0;
        foreach (var field in fields)
        {
            projected.Add(field.Project(vectors.narrow(1, column, field.InputWidth), ref random));
            column += field.InputWidth;
        }
        return projected;
    }
}
