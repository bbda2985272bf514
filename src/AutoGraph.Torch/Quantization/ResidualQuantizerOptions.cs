using AutoGraph.Core.Validation;
using AutoGraph.Torch.Training;

namespace AutoGraph;

/// <summary>How vectors become latent-factor codes (paper §3.2.2, App. D.1).</summary>
public sealed record ResidualQuantizerOptions
{
    /// <summary>What makes the codes. Default <see cref="Quantizer.RqVae"/> (§3.2.2). The others use the levels, the codebook size and <see cref="InputNorm"/>; those that cluster <see cref="RowsPerCode"/> too, and residual k-means the beam.</summary>
    public Quantizer Quantizer { get; init; } = Quantizer.RqVae;

    /// <summary>Number of levels T, 1 to 8. Default 3 (App. D.1).</summary>
    public int Levels { get; init; } = 3;

    /// <summary>Codes K per level, 2 to 65,536. Default 256 (App. D.1, items of MovieLens-1M). Small tables use min(K, max(2, ⌊N/8⌋)).</summary>
    public int CodebookSize { get; init; } = 256;

    /// <summary>Dimension of a code vector, 1 to 1,024. Default 32 (App. D.1).</summary>
    public int Dimension { get; init; } = 32;

    /// <summary>Hidden widths of the encoder; the decoder mirrors them. Default 512, 256 (App. D.1).</summary>
    public IReadOnlyList<int> HiddenWidths { get; init; } = [512, 256];

    /// <summary>Weight β of the commitment term, 0 to 10. Default 0.25 (Eq. 5).</summary>
    public double Commitment { get; init; } = 0.25;

    /// <summary>Epochs with codebooks at most, 1 to 100,000. Default 55: with half as many rows a step and a falling rate as good as 100 at a constant one.</summary>
    public int Epochs { get; init; } = 55;

    /// <summary>Epochs of the autoencoder alone, before the codebooks start, 0 to 100,000. Default 5.</summary>
    public int WarmUpEpochs { get; init; } = 5;

    /// <summary>Rows per step, 1 to 10,000,000. Default 128.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Learning rate of AdamW at the start, 1e-8 to 1; it falls to 2 % of this as half a cosine. Default 2e-3.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>RMS norm to which the centred input vectors are scaled, 0.001 to 1,000. Default 3.</summary>
    public double InputNorm { get; init; } = 3;

    /// <summary>Part of the epochs after which unused codes no longer restart, 0 to 1. Default 0.8.</summary>
    public double RestartUntil { get; init; } = 0.8;

    /// <summary>How the codebooks learn. Default by gradient (Eq. 5).</summary>
    public CodebookUpdate CodebookUpdate { get; init; } = CodebookUpdate.Gradient;

    /// <summary>Decay γ per step of <see cref="CodebookUpdate.MovingAverage"/>, 0 to 0.9999. Default 0.99 (van den Oord et al. 2017).</summary>
    public double MovingAverageDecay { get; init; } = 0.99;

    /// <summary>Whether the encoder's gradient is rotated from x̂ to x (Fifty et al. 2024) instead of passed straight. Default false (Eq. 5).</summary>
    public bool RotationTrick { get; init; }

    /// <summary>
    /// Temperature ε of balanced assignment in training by Sinkhorn–Knopp, relative to the widest deviation of a batch's distances, 0 to 10.
    /// 0 (default) chooses the nearest code. Small values such as 0.003 (Zheng et al. 2024) change few codes; encoding always takes the nearest.
    /// </summary>
    public double Sinkhorn { get; init; }

    /// <summary>Paths kept per level when vectors are encoded, 1 to 64. Default 1: the nearest code of each level (Eq. 4).</summary>
    public int BeamWidth { get; init; } = 1;

    /// <summary>Epochs without a reconstruction error 0.1 % below the best one after which training stops, 0 (never) or more, at most 100,000. Default 10.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>Rows per code that k-means learns from, 1 to 100,000: at most max(this · K, 4,096) rows, drawn at random. Default 64.</summary>
    public int RowsPerCode { get; init; } = 64;

    /// <summary>File that keeps the state of a running RQ-VAE fit; a fit with the same options, seed and vectors goes on from it, and deletes it at the end. Default null: none.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Epochs between two checkpoints, 1 to 100,000. Default 10.</summary>
    public int CheckpointEvery { get; init; } = 10;

    /// <summary>Seed. Default null: the seed of the <c>MLContext</c>, or 0.</summary>
    public int? Seed { get; init; }

    /// <summary>Receives one report per epoch.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Stops the fit.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Throws an <see cref="ArgumentException"/> that lists every invalid option.</summary>
    internal void Validate() => new Problems(nameof(ResidualQuantizerOptions))
        .Range(nameof(Levels), Levels, 1, 8)
        .Range(nameof(CodebookSize), CodebookSize, 2, 65_536)
        .Range(nameof(Dimension), Dimension, 1, 1024)
        .Require(HiddenWidths?.All(width => width is >= 1 and <= 16_384) == true, $"{nameof(HiddenWidths)}: expected widths from 1 to 16384, found {(HiddenWidths is null ? "null" : string.Join(", ", HiddenWidths))}")
        .Range(nameof(Commitment), Commitment, 0, 10)
        .Range(nameof(Epochs), Epochs, 1, 100_000)
        .Range(nameof(WarmUpEpochs), WarmUpEpochs, 0, 100_000)
        .Range(nameof(BatchSize), BatchSize, 1, 10_000_000)
        .Range(nameof(LearningRate), LearningRate, 1e-8, 1)
        .Range(nameof(InputNorm), InputNorm, 1e-3, 1e3)
        .Range(nameof(RestartUntil), RestartUntil, 0, 1)
        .Require(Enum.IsDefined(Quantizer), $"{nameof(Quantizer)}: expected one of {string.Join(", ", Enum.GetNames<Quantizer>())}, found {Quantizer}")
        .Require(Enum.IsDefined(CodebookUpdate), $"{nameof(CodebookUpdate)}: expected one of {string.Join(", ", Enum.GetNames<CodebookUpdate>())}, found {CodebookUpdate}")
        .Range(nameof(MovingAverageDecay), MovingAverageDecay, 0, 0.9999)
        .Range(nameof(Sinkhorn), Sinkhorn, 0, 10)
        .Range(nameof(BeamWidth), BeamWidth, 1, 64)
        .Require(BeamWidth == 1 || Quantizer is Quantizer.RqVae or Quantizer.ResidualKMeans, $"{nameof(BeamWidth)}: expected 1 with {Quantizer}, which has one path per row, found {BeamWidth}")
        .Range(nameof(Patience), Patience, 0, 100_000)
        .Range(nameof(RowsPerCode), RowsPerCode, 1, 100_000)
        .Range(nameof(CheckpointEvery), CheckpointEvery, 1, 100_000)
        .FileToWrite(nameof(CheckpointPath), CheckpointPath)
        .Throw();
}
