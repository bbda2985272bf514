using AutoGraph.Core.Validation;
using AutoGraph.Torch.Training;

namespace AutoGraph;

/// <summary>How an RQ-VAE turns semantic vectors into latent-factor codes (paper §3.2.2, App. D.1).</summary>
public sealed record ResidualQuantizerOptions
{
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

    /// <summary>Epochs with codebooks. Default 100.</summary>
    public int Epochs { get; init; } = 100;

    /// <summary>Epochs of the autoencoder alone, before the codebooks start. Default 20.</summary>
    public int WarmUpEpochs { get; init; } = 20;

    /// <summary>Rows per step. Default 256.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Learning rate of AdamW. Default 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>RMS norm to which the centred input vectors are scaled. Default 3.</summary>
    public double InputNorm { get; init; } = 3;

    /// <summary>Part of the epochs after which unused codes no longer restart, 0 to 1. Default 0.8.</summary>
    public double RestartUntil { get; init; } = 0.8;

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
        .Require(HiddenWidths.All(width => width is >= 1 and <= 16_384), $"{nameof(HiddenWidths)}: expected widths from 1 to 16384, found {string.Join(", ", HiddenWidths)}")
        .Range(nameof(Commitment), Commitment, 0, 10)
        .Range(nameof(Epochs), Epochs, 1, 100_000)
        .Range(nameof(WarmUpEpochs), WarmUpEpochs, 0, 100_000)
        .Range(nameof(BatchSize), BatchSize, 1, 10_000_000)
        .Range(nameof(LearningRate), LearningRate, 1e-8, 1)
        .Range(nameof(InputNorm), InputNorm, 1e-3, 1e3)
        .Range(nameof(RestartUntil), RestartUntil, 0, 1)
        .Throw();
}
