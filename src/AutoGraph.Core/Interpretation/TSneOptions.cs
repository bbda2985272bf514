using AutoGraph.Core.Validation;

namespace AutoGraph.Core.Interpretation;

/// <summary>Settings of t-SNE (van der Maaten and Hinton 2008, §3.4).</summary>
public sealed record TSneOptions
{
    /// <summary>Effective number of neighbours, 2 to 1,000; of fewer rows a third of them. Default 30.</summary>
    public double Perplexity { get; init; } = 30;

    /// <summary>Iterations, 50 to 100,000; the first quarter, at most 250, with early exaggeration. Default 1,000.</summary>
    public int Iterations { get; init; } = 1000;

    /// <summary>Factor of the affinities in the exaggerated iterations, 1 to 100. Default 12 (Belkina et al. 2019; the paper took 4).</summary>
    public double EarlyExaggeration { get; init; } = 12;

    /// <summary>Learning rate, 1e-3 to 1e6. Default null: max(N / (4 · <see cref="EarlyExaggeration"/>), 50) (Belkina et al. 2019).</summary>
    public double? LearningRate { get; init; }

    /// <summary>Seed of the first places. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Told the number of iterations done, after each.</summary>
    public IProgress<int>? Progress { get; init; }

    /// <summary>Stops the map.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Throws an <see cref="ArgumentException"/> that lists every invalid option.</summary>
    internal void Validate() => new Problems(nameof(TSneOptions))
        .Range(nameof(Perplexity), Perplexity, 2, 1000)
        .Range(nameof(Iterations), Iterations, 50, 100_000)
        .Range(nameof(EarlyExaggeration), EarlyExaggeration, 1, 100)
        .Range(nameof(LearningRate), LearningRate ?? 1, 1e-3, 1e6)
        .Throw();
}
