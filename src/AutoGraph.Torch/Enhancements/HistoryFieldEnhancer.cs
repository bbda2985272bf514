using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>A second history, pooled over an item table of its own: the control for mere extra input.</summary>
internal sealed class HistoryFieldEnhancer : Enhancer, IEmbeddingTables
{
    private readonly Parameter table;       // [I, D]
    private readonly int _historyLength;

    public HistoryFieldEnhancer(int itemCount, RecommenderOptions options, Generator generator) : base(nameof(HistoryFieldEnhancer))
    {
        table = Initialize.Normal(generator, Backbones.FieldEmbeddings.Deviation, itemCount, options.Dimension);
        (_historyLength, Widths) = (options.HistoryLength, new([options.Dimension], []));
        RegisterComponents();
    }

    public override EnhancementWidths Widths { get; }

    public IEnumerable<Parameter> EmbeddingTables => [table];

    public override (Tensor? Users, Tensor? Items) Step(TrainingRows rows, double drop, ref RandomStream random) =>
        (SegmentMean.Apply(table, rows.Earlier.Latest((int)table.shape[0], _historyLength)), null);

    public override (UserVectors? Users, Tensor? Items) Infer() => (new PooledUserVectors(table.detach().clone(), _historyLength), null);
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
