using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>Graph vectors of users from the latest items of their histories: all rounds of the interaction path to users over the stored states that items have in each.</summary>
internal sealed class HistoryUserVectors : UserVectors
{
    /// <summary>Number of this kind in files.</summary>
    public const int Kind = 1;

    private readonly InteractionStep step;
    private readonly ModuleList<InteractionStep> laterSteps;    // rounds 2 to L
    private readonly Tensor users;          // [U + 1, D] H
    private readonly Tensor activeUsers;    // [U + 1, D] ELU of H
    private readonly Tensor activeItems;    // [I, L·D] what each round reads of the items
    private readonly int _latest;

    private HistoryUserVectors(IReadOnlyList<InteractionStep> steps, Tensor users, Tensor activeUsers, Tensor activeItems, int latest) : base(nameof(HistoryUserVectors))
    {
        (step, laterSteps) = (steps[0], nn.ModuleList([.. steps.Skip(1)]));
        (this.users, this.activeUsers, this.activeItems, _latest) = (users, activeUsers, activeItems, latest);
        RegisterComponents();
    }

    /// <param name="steps">The interaction path to users, rounds 1 to L; copied.</param>
    /// <param name="states">States of all nodes that each round reads.</param>
    /// <param name="latest">Items read of each history.</param>
    public static HistoryUserVectors Of(IReadOnlyList<InteractionStep> steps, IReadOnlyList<NodeStates> states, int latest)
    {
        return new([.. steps.Select(Copy)], WithMean(states[0].Users), WithMean(states[0].ActiveUsers), cat([.. states.Select(round => round.ActiveItems)], 1), latest);

        InteractionStep Copy(InteractionStep step)
        {
            var copy = Untrained(step.Form with { Dropout = 0 });
            copy.to(states[0].Users.device);
            ModuleState.CopyTrained(step, copy);
            return copy;
        }
    }

    /// <summary>A module of a given shape (<see cref="Shape"/> without the kind), to load into; null where the shape is none. Without rounds, as in files of earlier versions, there is one.</summary>
    public static HistoryUserVectors? OfShape(ReadOnlySpan<int> shape)
    {
        if (shape.Length == 7) return OfShape([.. shape, 1]);
        if (shape is not [> 0 and var rows, > 0 and var items, > 0 and var width, > 0 and var heads, >= 0 and <= 7 and var choices, >= 0 and var ages, > 0 and var latest, >= 1 and <= 3 and var rounds] || width % heads != 0)
            return null;
        var form = new InteractionForm(width, heads) { Choices = choices, AgeCount = ages };
        return new([.. Enumerable.Range(0, rounds).Select(_ => Untrained(form))], zeros(rows, width), zeros(rows, width), zeros(items, rounds * width), latest);
    }

    private static InteractionStep Untrained(InteractionForm form)
    {
        using var generator = new Generator(0, CPU);
        return new(form, generator);
    }

    public override int Width => step.Form.Width;

    internal override int[] Shape =>
    [
        Kind, (int)users.shape[0], (int)activeItems.shape[0], Width, step.Form.Heads, step.Form.Choices, step.Form.AgeCount, _latest,
        .. laterSteps.Count == 0 ? Array.Empty<int>() : [1 + laterSteps.Count],
    ];

    public override Tensor Of(int[] rows, ItemSequences histories)
    {
        using var scope = NewDisposeScope();
        var own = EdgeList.Rows(rows, (int)users.shape[0]);
        return Vectors(SegmentMean.Apply(users, own), SegmentMean.Apply(activeUsers, own), activeItems, histories).MoveToOuterDisposeScope();
    }

    internal override int UserWidth => 2 * Width;

    internal override int ItemWidth => (1 + laterSteps.Count) * Width;

    public override Tensor UserRows(int userCount) => cat([users, activeUsers], 1);

    public override Tensor ItemRows(int itemCount) => activeItems.alias();

    public override Tensor UserRow(int known, (Tensor State, Tensor Active, Tensor Vector)? node)
    {
        using var scope = NewDisposeScope();
        int row = known < 0 ? (int)users.shape[0] - 1 : known;
        return (node is { } graph ? cat([graph.State, graph.Active.narrow(1, 0, Width)], 1) : cat([users.narrow(0, row, 1), activeUsers.narrow(0, row, 1)], 1)).MoveToOuterDisposeScope();
    }

    public override Tensor ItemRow(int known, Tensor? active) => active!.alias();

    public override Tensor Apply(Tensor users, Tensor items, ItemSequences histories)
    {
        using var scope = NewDisposeScope();
        return Vectors(users.narrow(1, 0, Width), users.narrow(1, Width, Width), items, histories).MoveToOuterDisposeScope();
    }

    private Tensor Vectors(Tensor state, Tensor active, Tensor items, ItemSequences histories)
    {
        using var scope = NewDisposeScope();
        var random = default(RandomStream);     // inference draws nothing
        return InteractionRounds.Apply([step, .. laterSteps], InteractionRounds.Columns(items, Width), state, active, histories.Latest((int)items.shape[0], _latest), ref random)
            .Vectors.MoveToOuterDisposeScope();
    }

    public override (int Place, float Weight)[] Attention(Tensor user, Tensor items)
    {
        int count = (int)items.shape[0];
        var edges = new ItemSequences([0, count], [.. Enumerable.Range(0, count)]).Latest(count, _latest);
        using var scope = NewDisposeScope();
        using var trace = AttentionTrace.Open();
        var random = default(RandomStream);     // inference draws nothing
        InteractionRounds.Apply([step, .. laterSteps], InteractionRounds.Columns(items, Width), user.narrow(1, 0, Width), user.narrow(1, Width, Width), edges, ref random);
        return trace.Of(edges) is { } weights ? [.. edges.Sources.Zip(weights)] : [];
    }
}
