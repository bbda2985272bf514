using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Backbones;

/// <summary>The part in which backbones differ: turns each row's history into one history vector, or several (one per interest).</summary>
/// <param name="name">Name of the module.</param>
/// <param name="width">Width W of one history vector.</param>
/// <param name="vectors">History vectors per row K.</param>
internal abstract class HistoryEncoder(string name, int width, int vectors = 1) : nn.Module(name)
{
    /// <summary>Width W of one history vector.</summary>
    public int Width { get; } = width;

    /// <summary>History vectors per row K; each makes a user vector of its own.</summary>
    public int Vectors { get; } = vectors;

    /// <summary>History vectors [B·K, W], those of a row beside each other; zeros for an empty history.</summary>
    /// <param name="table">[I + 1, D] item embeddings; the last row is "unknown".</param>
    /// <param name="history">Edges from I + 1 items to B rows, oldest first, at most HistoryLength in a row.</param>
    /// <param name="random">Where dropout is drawn from, in training.</param>
    public abstract Tensor Encode(Tensor table, EdgeList history, ref RandomStream random);

    /// <summary>The encoder that the options name.</summary>
    public static HistoryEncoder Create(RecommenderOptions options, Generator generator) => options.OwnBackbone is { } name ? OwnHistory.Create(name, options, generator) : options.Backbone switch
    {
        Backbone.YouTubeDnn => new MeanHistory(options.Dimension),
        Backbone.Gru4Rec => new RecurrentHistory(options, generator),
        Backbone.SasRec => new AttentiveHistory(options, generator),
        Backbone.Mind => new CapsuleHistory(options, generator),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Backbone, "Expected a named backbone."),
    };
}
