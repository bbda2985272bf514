using AutoGraph.Core.Persistence;

namespace AutoGraph.Torch.Recommendation;

/// <summary>Where a training run stands after an epoch: the curve so far, the best weights, and what patience is left.</summary>
internal sealed class TrainingRun
{
    /// <summary>The learning curve so far.</summary>
    public List<EpochReport> Curve { get; init; } = [];

    /// <summary>The epoch of <see cref="Best"/>, 0 before there is one.</summary>
    public int BestEpoch { get; set; }

    /// <summary>Validation NDCG@10 of <see cref="Best"/>.</summary>
    public double BestValue { get; set; } = double.NegativeInfinity;

    /// <summary>The best averages of weights, without validation the last.</summary>
    public TensorDictionary? Best { get; set; }

    /// <summary>Epochs without a better value since the last better one or the last fall of the learning rate.</summary>
    public int Waited { get; set; }

    /// <summary>Falls of the learning rate so far.</summary>
    public int Decays { get; set; }

    /// <summary>Whether patience has run out for good.</summary>
    public bool Ended { get; set; }
}
