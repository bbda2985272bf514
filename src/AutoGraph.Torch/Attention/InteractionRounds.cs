using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>All rounds of one direction of the interaction path, for nodes that nobody else reads, over states that the others have in each round.</summary>
internal static class InteractionRounds
{
    /// <param name="steps">Rounds 1 to L; none where the path is off.</param>
    /// <param name="sources">What each round reads of the others, [S, D] each.</param>
    /// <param name="state">[T, D] states of the nodes after the semantic path.</param>
    /// <param name="active">[T, D] what round 1 reads of them.</param>
    /// <param name="edges">Edges from the others to the nodes.</param>
    /// <param name="random">Where dropout is drawn from, in training.</param>
    /// <returns>What each round reads of the nodes, one after the other, [T, D] each, and their graph vectors, [T, D].</returns>
    public static (List<Tensor> Active, Tensor Vectors) Apply(IReadOnlyList<InteractionStep> steps, IReadOnlyList<Tensor> sources, Tensor state, Tensor active, EdgeList edges, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var read = new List<Tensor> { active.alias() };
        var current = state.alias();
        for (int round = 0; round < steps.Count; round++)
        {
            if (round > 0) read.Add(Scalars.Elu(current));
            current = steps[round].Apply(sources[round], read[round], current, edges, ref random);
        }
        foreach (var tensor in read) tensor.MoveToOuterDisposeScope();
        return (read, current.MoveToOuterDisposeScope());
    }

    /// <summary>The columns [N, D] of each round from states [N, L·D] that stand side by side.</summary>
    public static IReadOnlyList<Tensor> Columns(Tensor states, int width) =>
        [.. Enumerable.Range(0, (int)states.shape[1] / width).Select(round => states.narrow(1, (long)round * width, width))];
}
