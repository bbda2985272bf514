using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>A second history, pooled over an item table of its own: the control for mere extra input. An item that stands as new, or that nobody had in training, reads as the mean of the others.</summary>
internal sealed class HistoryFieldEnhancer : Enhancer, IEmbeddingTables
{
    private readonly Parameter table;       // [I, D]
    private readonly int _historyLength;
    private readonly bool[] _untrained;     // [I]

    public HistoryFieldEnhancer(Adjacency itemToUsers, RecommenderOptions options, Generator generator) : base(nameof(HistoryFieldEnhancer))
    {
        table = Initialize.Normal(generator, Backbones.FieldEmbeddings.Deviation, itemToUsers.RowCount, options.Dimension);
        _untrained = [.. Enumerable.Range(0, itemToUsers.RowCount).Select(item => itemToUsers.Degree(item) == 0)];
        (_historyLength, Widths) = (options.HistoryLength, new([options.Dimension], []));
        RegisterComponents();
    }

    public override EnhancementWidths Widths { get; }

    public IEnumerable<Parameter> EmbeddingTables => [table];

    public override (Tensor? Users, Tensor? Items) Step(TrainingRows rows, double drop, ref RandomStream random) =>
        (SegmentMean.Apply(rows.NewItems is { } isNew ? WithMean(isNew) : table, rows.Earlier.Latest((int)table.shape[0], _historyLength)), null);

    public override (UserVectors? Users, Tensor? Items) Infer()
    {
        using var scope = NewDisposeScope();
        var users = new PooledUserVectors(WithMean(_untrained).detach().clone(), _historyLength);
        users.MoveToOuterScope();
        return (users, null);
    }

    /// <summary>The table with the mean of the other rows in place of some, so that the mean of all is that of the others.</summary>
    private Tensor WithMean(bool[] absent)
    {
        float part = 1f / Math.Max(1, absent.Count(one => !one));
        float[] weights = [.. absent.Select(one => one ? 0 : part)];
        return TableRows.Choose(tensor(absent, absent.Length, 1, device: table.device), (tensor(weights, weights.Length, 1, table.dtype, table.device) * table).sum(0, keepdim: true), table);
    }
}

/// <summary>The mean of a table's rows over the latest items of a history; zeros for an empty one.</summary>
internal sealed class PooledUserVectors : UserVectors
{
    /// <summary>Number of this kind in files.</summary>
    public const int Kind = 3;

    private readonly Tensor table;          // [I, D]
    private readonly int _latest;
    private readonly Lazy<Tensor> _mean;    // [1, D]

    public PooledUserVectors(Tensor table, int latest) : base(nameof(PooledUserVectors))
    {
        (this.table, _latest, _mean) = (table, latest, new(() => this.table.mean([0], keepdim: true).DetachFromDisposeScope()));
        RegisterComponents();
    }

    public override int Width => (int)table.shape[1];

    internal override int[] Shape => [Kind, (int)table.shape[0], Width, _latest];

    public override Tensor Of(int[] users, ItemSequences histories) => SegmentMean.Apply(table, histories.Latest((int)table.shape[0], _latest));

    public override Tensor UserRows(int userCount) => zeros(userCount + 1, 0);

    public override Tensor ItemRows(int itemCount) => table.alias();

    public override Tensor UserRow(int known, (Tensor State, Tensor Active, Tensor Vector)? node) => zeros(1, 0);

    /// <remarks>A new item reads as the mean of all.</remarks>
    public override Tensor ItemRow(int known, Tensor? active) => known < 0 ? _mean.Value.alias() : table.narrow(0, known, 1);

    public override Tensor Apply(Tensor users, Tensor items, ItemSequences histories) => SegmentMean.Apply(items, histories.Latest((int)items.shape[0], _latest));

    internal override int UserWidth => 0;

    internal override int ItemWidth => Width;
}
