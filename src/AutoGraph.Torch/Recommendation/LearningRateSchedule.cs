namespace AutoGraph;

/// <summary>How the learning rate η goes on after the warm-up.</summary>
public enum LearningRateSchedule
{
    /// <summary>Stays at <see cref="RecommenderOptions.LearningRate"/>.</summary>
    Constant,

    /// <summary>Falls to 0 at the last of <see cref="RecommenderOptions.Epochs"/>: η · (1 − x), x the part of the steps after the warm-up that is done.</summary>
    Linear,

    /// <summary>Falls to 0 at the last of <see cref="RecommenderOptions.Epochs"/> as half a cosine: η · (1 + cos πx) / 2 (Loshchilov and Hutter 2017).</summary>
    Cosine,

    /// <summary>
    /// Falls by <see cref="RecommenderOptions.DecayFactor"/> after <see cref="RecommenderOptions.Patience"/> epochs without a better validation NDCG@10;
    /// training goes on from the best weights, and stops where patience runs out after <see cref="RecommenderOptions.Decays"/> falls.
    /// </summary>
    Plateau,
}
