using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Backbones;

/// <summary>
/// SASRec (Kang and McAuley 2018): causal self-attention over item and position embeddings; the history vector is the state of
/// the latest item after all layers. Of the last layer only that state is computed, which changes nothing.
/// </summary>
/// <remarks>
/// Histories lie one after the other without padding, [N, D]: there is nothing to mask. Positions count back from the latest
/// item, as the left-padded original does.
/// </remarks>
internal sealed class AttentiveHistory : HistoryEncoder
{
    private readonly Parameter positions;                       // [L, D], the first is the latest item's
    private readonly ModuleList<AttentionLayer> layers;
    private readonly Normalization normalization;
    private readonly double _scale;
    private readonly double _dropout;

    public AttentiveHistory(RecommenderOptions options, Generator generator) : base(nameof(AttentiveHistory), options.Dimension)
    {
        positions = Initialize.Normal(generator, FieldEmbeddings.Deviation, options.HistoryLength, Width);
        layers = [];
        for (int layer = 0; layer < options.HistoryLayers; layer++) layers.Add(new AttentionLayer(Width, options.HistoryHeads, options.HistoryDropout, generator));
        normalization = new Normalization(Width);
        (_scale, _dropout) = (Math.Sqrt(Width), options.HistoryDropout);
        RegisterComponents();
    }

    public override Tensor Encode(Tensor table, EdgeList history, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var lengths = HistoryRows.Expect(history, (int)positions.shape[0]);
        var items = Scalars.Multiply(SegmentMean.Apply(table, EdgeList.Rows(history.Sources, history.SourceCount)), _scale);
        var x = Scalars.Add(items, SegmentMean.Apply(positions, EdgeList.Rows(HistoryRows.Ages(history), lengths)));        // [N, D]
        x = SeededDropout.Apply(x, training ? _dropout : 0, ref random);
        for (int layer = 0; layer < layers.Count - 1; layer++) x = layers[layer].All(x, history.Offsets, ref random);
        var (latest, rows) = HistoryRows.Latest(history);                                                                  // rows with a history
        var state = normalization.Apply(layers[^1].Latest(x, latest, ref random));                                         // [B', D]
        return SegmentMean.Apply(state, rows).MoveToOuterDisposeScope();                                                   // zeros for the others
    }
}
