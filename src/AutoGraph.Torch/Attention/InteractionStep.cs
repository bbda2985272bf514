using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>
/// One direction of the interaction path (paper Eq. 8): Ĥ_t = W_self H_t + GAT(sources → t), or with <c>Literal</c>
/// Ĥ_t = GAT(sources → t) where t has visible neighbours and H_t elsewhere.
/// </summary>
internal sealed class InteractionStep : nn.Module
{
    private readonly GraphAttentionStep attend;
    private readonly Parameter? self;               // [D, D]
    private readonly Parameter? ages;               // [S, H] logits of the latest, the one before, …

    /// <param name="width">D of sources and targets.</param>
    /// <param name="heads">H.</param>
    /// <param name="literal">Whether there is no self term.</param>
    /// <param name="ageCount">Neighbours told apart by age, or 0 where neighbours have no order.</param>
    /// <param name="generator">Where initial weights are drawn from.</param>
    public InteractionStep(int width, int heads, bool literal, int ageCount, Generator generator) : base(nameof(InteractionStep))
    {
        attend = new GraphAttentionStep(width, width, width, heads, generator);
        if (!literal) self = Initialize.Glorot(generator, width, width, width, width);
        if (ageCount > 0) ages = Initialize.Zeros(ageCount, heads);
        (Width, Heads, AgeCount) = (width, heads, ageCount);
        RegisterComponents();
    }

    public int Width { get; }

    public int Heads { get; }

    /// <summary>Neighbours told apart by age.</summary>
    public int AgeCount { get; }

    /// <summary>Whether there is no self term.</summary>
    public bool Literal => self is null;

    /// <summary>Messages to targets, [T, D].</summary>
    /// <param name="sources">[S, D] after ELU.</param>
    /// <param name="targets">[T, D] after ELU.</param>
    /// <param name="fallback">[T, D] H_t, for <c>Literal</c>.</param>
    /// <param name="edges">Edges from sources to targets; oldest first where ages count.</param>
    public Tensor Apply(Tensor sources, Tensor targets, Tensor fallback, EdgeList edges)
    {
        using var scope = NewDisposeScope();
        var messages = attend.Attend(sources, targets, edges, ages);
        if (self is not null) return Scalars.Add(nn.functional.linear(targets, self), messages).MoveToOuterDisposeScope();
        var has = tensor(Enumerable.Range(0, edges.TargetCount).Select(edges.HasEdges).ToArray(), device: targets.device);
        return where(has.unsqueeze(1), messages, fallback).MoveToOuterDisposeScope();
    }
}
