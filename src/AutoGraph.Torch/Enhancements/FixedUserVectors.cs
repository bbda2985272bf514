using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>One vector per user, whatever the history.</summary>
internal sealed class FixedUserVectors : UserVectors
{
    /// <summary>Number of this kind in files.</summary>
    public const int Kind = 0;

    private readonly Tensor rows;       // [U + 1, G]

    /// <param name="rows">[U + 1, G], the last row for unknown users; taken over.</param>
    public FixedUserVectors(Tensor rows) : base(nameof(FixedUserVectors))
    {
        this.rows = rows;
        RegisterComponents();
    }

    /// <summary>From the vectors [U, G] of all users; unknown users get their mean.</summary>
    public static FixedUserVectors Of(Tensor users) => new(WithMean(users));

    public override int Width => (int)rows.shape[1];

    internal override int[] Shape => [Kind, (int)rows.shape[0], Width];

    public override Tensor Of(int[] users, ItemSequences histories) => SegmentMean.Apply(rows, EdgeList.Rows(users, (int)rows.shape[0]));

    internal override int UserWidth => Width;

    internal override int ItemWidth => 0;

    public override Tensor UserRows(int userCount) => rows.alias();

    public override Tensor ItemRows(int itemCount) => zeros(itemCount, 0);

    public override Tensor UserRow(int known, (Tensor State, Tensor Active, Tensor Vector)? node) =>
        node is { } graph ? graph.Vector.alias() : rows.narrow(0, known < 0 ? rows.shape[0] - 1 : known, 1);

    public override Tensor ItemRow(int known, Tensor? active) => zeros(1, 0);

    public override Tensor Apply(Tensor users, Tensor items, ItemSequences histories) => users.alias();
}
