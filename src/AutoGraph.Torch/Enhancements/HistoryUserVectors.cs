using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>Graph vectors of users from the latest items of their histories: the interaction path to users over stored semantic states.</summary>
internal sealed class HistoryUserVectors : UserVectors
{
    /// <summary>Number of this kind in files.</summary>
    public const int Kind = 1;

    private readonly InteractionStep step;
    private readonly Tensor users;          // [U + 1, D] H
    private readonly Tensor activeUsers;    // [U + 1, D] ELU of H
    private readonly Tensor activeItems;    // [I, D]
    private readonly int _latest;

    private HistoryUserVectors(InteractionStep step, Tensor users, Tensor activeUsers, Tensor activeItems, int latest) : base(nameof(HistoryUserVectors))
    {
        (this.step, this.users, this.activeUsers, this.activeItems, _latest) = (step, users, activeUsers, activeItems, latest);
        RegisterComponents();
    }

    /// <param name="step">The interaction path to users; copied.</param>
    /// <param name="states">Semantic states of all nodes.</param>
    /// <param name="latest">Items read of each history.</param>
    public static HistoryUserVectors Of(InteractionStep step, SemanticStates states, int latest)
    {
        using var generator = new Generator(0, CPU);
        var copy = new InteractionStep(step.Form, generator);
        copy.to(states.Users.device);
        ModuleState.Copy(step, copy);
        return new(copy, WithMean(states.Users), WithMean(states.ActiveUsers), states.ActiveItems.clone(), latest);
    }

    /// <summary>A module of a given shape, to load into.</summary>
    public static HistoryUserVectors Empty(int rows, int items, InteractionForm form, int latest)
    {
        using var generator = new Generator(0, CPU);
        return new(new InteractionStep(form, generator), zeros(rows, form.Width), zeros(rows, form.Width), zeros(items, form.Width), latest);
    }

    public override int Width => step.Form.Width;

    internal override int[] Shape => [Kind, (int)users.shape[0], (int)activeItems.shape[0], step.Form.Width, step.Form.Heads, step.Form.Choices, step.Form.AgeCount, _latest];

    public override Tensor Of(int[] rows, ItemSequences histories)
    {
        using var scope = NewDisposeScope();
        var own = EdgeList.Rows(rows, (int)users.shape[0]);
        return step.Apply(activeItems, SegmentMean.Apply(activeUsers, own), SegmentMean.Apply(users, own), histories.Latest((int)activeItems.shape[0], _latest)).MoveToOuterDisposeScope();
    }

    internal override int UserWidth => 2 * Width;

    internal override int ItemWidth => Width;

    public override Tensor UserRows(int userCount) => cat([users, activeUsers], 1);

    public override Tensor ItemRows(int itemCount) => activeItems.alias();

    public override Tensor UserRow(int known, (Tensor State, Tensor Active, Tensor Vector)? node)
    {
        using var scope = NewDisposeScope();
        int row = known < 0 ? (int)users.shape[0] - 1 : known;
        return (node is { } graph ? cat([graph.State, graph.Active], 1) : cat([users.narrow(0, row, 1), activeUsers.narrow(0, row, 1)], 1)).MoveToOuterDisposeScope();
    }

    public override Tensor ItemRow(int known, Tensor? active) => active!.alias();

    public override Tensor Apply(Tensor users, Tensor items, ItemSequences histories)
    {
        using var scope = NewDisposeScope();
        return step.Apply(items, users.narrow(1, Width, Width), users.narrow(1, 0, Width), histories.Latest((int)items.shape[0], _latest)).MoveToOuterDisposeScope();
    }

    public override (int Place, float Weight)[] Attention(Tensor user, Tensor items)
    {
        int count = (int)items.shape[0];
        var edges = new ItemSequences([0, count], [.. Enumerable.Range(0, count)]).Latest(count, _latest);
        using var scope = NewDisposeScope();
        using var trace = AttentionTrace.Open();
        step.Apply(items, user.narrow(1, Width, Width), user.narrow(1, 0, Width), edges);
        return trace.Of(edges) is { } weights ? [.. edges.Sources.Zip(weights)] : [];
    }
}
