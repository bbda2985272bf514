using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>
/// One direction of a round of the interaction path (paper Eq. 8): Ĥ_t = W_self x_t + gate · GAT(sources → t) with x the states after ELU, or
/// with <c>Literal</c> Ĥ_t = GAT(sources → t) where t has visible neighbours and its state before elsewhere. Without <c>Gate</c> the gate is 1.
/// </summary>
internal sealed class InteractionStep : nn.Module
{
    private readonly GraphAttentionStep attend;
    private readonly Parameter? self;               // [D, D]
    private readonly Parameter? ages;               // [S, H] logits of the latest, the one before, …
    private readonly Parameter? gate;               // [1]

    /// <param name="form">What the step is made of.</param>
    /// <param name="generator">Where initial weights are drawn from.</param>
    public InteractionStep(InteractionForm form, Generator generator) : base(nameof(InteractionStep))
    {
        var (width, heads, ageCount) = (form.Width, form.Heads, form.AgeCount);
        attend = new GraphAttentionStep(width, width, width, heads, generator, form.AttentionV2, form.Dropout);
        if (!form.Literal) self = Initialize.Glorot(generator, width, width, width, width);
        if (ageCount > 0) ages = Initialize.Zeros(ageCount, heads);
        if (form.Gate) gate = Initialize.Zeros(1);
        Form = form;
        RegisterComponents();
    }

    /// <summary>What the step is made of.</summary>
    public InteractionForm Form { get; }

    /// <summary>Messages to targets, [T, D].</summary>
    /// <param name="sources">[S, D] after ELU.</param>
    /// <param name="targets">[T, D] after ELU.</param>
    /// <param name="fallback">[T, D] states of the targets before ELU, for <c>Literal</c>.</param>
    /// <param name="edges">Edges from sources to targets; oldest first where ages count.</param>
    /// <param name="random">Where dropout is drawn from, in training.</param>
    public Tensor Apply(Tensor sources, Tensor targets, Tensor fallback, EdgeList edges, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var messages = attend.Attend(sources, targets, edges, ref random, ages);
        if (gate is not null) messages = messages * gate;
        if (self is not null) return Scalars.Add(nn.functional.linear(targets, self), messages).MoveToOuterDisposeScope();
        var has = tensor(Enumerable.Range(0, edges.TargetCount).Select(edges.HasEdges).ToArray(), device: targets.device);
        return TableRows.Choose(has.unsqueeze(1), messages, fallback).MoveToOuterDisposeScope();
    }
}

/// <summary>What an <see cref="InteractionStep"/> is made of.</summary>
/// <param name="Width">D of sources and targets.</param>
/// <param name="Heads">H.</param>
internal readonly record struct InteractionForm(int Width, int Heads)
{
    /// <param name="options">Options of the graph.</param>
    /// <param name="ageCount">See <see cref="AgeCount"/>.</param>
    public static InteractionForm Of(MetapathGraphOptions options, int ageCount) => new(options.Dimension, options.Heads)
    {
        Literal = options.Literal, AgeCount = ageCount, AttentionV2 = options.AttentionV2, Gate = options.Gates, Dropout = options.Dropout,
    };

    /// <summary>Whether there is no self term.</summary>
    public bool Literal { get; init; }

    /// <summary>Neighbours told apart by age, or 0 where neighbours have no order.</summary>
    public int AgeCount { get; init; }

    /// <summary>Whether logits mix source and target before the nonlinearity.</summary>
    public bool AttentionV2 { get; init; }

    /// <summary>Whether a gate scales the messages.</summary>
    public bool Gate { get; init; }

    /// <summary>Dropout in training; files do not have it, for inference drops nothing.</summary>
    public double Dropout { get; init; }

    /// <summary>The choices as one number, for files: 1 literal, 2 the second version of attention, 4 gate.</summary>
    public int Choices
    {
        get => (Literal ? 1 : 0) | (AttentionV2 ? 2 : 0) | (Gate ? 4 : 0);
        init => (Literal, AttentionV2, Gate) = ((value & 1) != 0, (value & 2) != 0, (value & 4) != 0);
    }
}
