using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Training;

/// <summary>What the positives of a training step are compared with.</summary>
internal abstract record Candidates
{
    /// <summary>The mean loss of a batch, a scalar.</summary>
    /// <param name="loss">Which loss.</param>
    /// <param name="users">[B, D].</param>
    /// <param name="items">[I, D].</param>
    public abstract Tensor Loss(RankingLoss loss, Tensor users, Tensor items);
}

/// <summary>Candidates of each row's own.</summary>
/// <param name="Edges">Edges from I items to B rows, the positive first.</param>
/// <param name="LogQ">[I] log of the probability with which an item is drawn, by which scores are corrected, or null.</param>
internal sealed record OwnCandidates(EdgeList Edges, double[]? LogQ) : Candidates
{
    public override Tensor Loss(RankingLoss loss, Tensor users, Tensor items) => CandidateLoss.Apply(loss, users, items, Edges, LogQ);
}

/// <summary>Negatives that all rows share; a row leaves out those that are its positive.</summary>
/// <param name="Positives">[B].</param>
/// <param name="Negatives">[N], or null for all items.</param>
/// <param name="LogQ">[I] log of the probability with which an item is drawn, by which scores are corrected, or null.</param>
internal sealed record SharedCandidates(int[] Positives, int[]? Negatives, double[]? LogQ) : Candidates
{
    public override Tensor Loss(RankingLoss loss, Tensor users, Tensor items) => SharedCandidateLoss.Apply(loss, users, items, Positives, Negatives, LogQ);
}
