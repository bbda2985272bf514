using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>An enhancement from outside the library behind the seam of those inside.</summary>
internal sealed class OwnEnhancer : Enhancer
{
    private readonly OwnEnhancement enhancement;
    private readonly int _users;
    private readonly int _items;

    public OwnEnhancer(OwnEnhancement enhancement, int users, int items) : base(nameof(OwnEnhancer))
    {
        (this.enhancement, _users, _items) = (enhancement, users, items);
        if (enhancement.UserWidth < 0 || enhancement.ItemWidth < 0 || enhancement.UserWidth + enhancement.ItemWidth == 0)
            throw new ArgumentException($"Expected vectors of users or items from {enhancement.GetType().Name}, found widths {enhancement.UserWidth} and {enhancement.ItemWidth}.");
        RegisterComponents();
    }

    public override EnhancementWidths Widths => new(enhancement.UserWidth > 0 ? [enhancement.UserWidth] : [], enhancement.ItemWidth > 0 ? [enhancement.ItemWidth] : []);

    public override void BeginEpoch(int epoch) => enhancement.BeginEpoch(epoch);

    public override (Tensor? Users, Tensor? Items) Step(TrainingRows rows, double drop, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var (users, items) = Vectors([.. rows.Users.Zip(rows.Positives)]);
        return (users is null ? null : SegmentMean.Apply(users, EdgeList.Rows(rows.Users, _users)).MoveToOuterDisposeScope(), items?.MoveToOuterDisposeScope());
    }

    public override (UserVectors? Users, Tensor? Items) Infer()
    {
        using var scope = NewDisposeScope();
        var (users, items) = Vectors([]);
        var vectors = users is null ? null : FixedUserVectors.Of(users);
        vectors?.MoveToOuterScope();
        return (vectors, items?.MoveToOuterDisposeScope());
    }

    private (Tensor? Users, Tensor? Items) Vectors(IReadOnlyList<(int User, int Item)> positives)
    {
        var (users, items) = enhancement.Vectors(positives);
        return (Checked(users, _users, enhancement.UserWidth, nameof(users)), Checked(items, _items, enhancement.ItemWidth, nameof(items)));
    }

    private Tensor? Checked(Tensor? vectors, int rows, int width, string side)
    {
        string from = $"the {side}' vectors of {enhancement.GetType().Name}";
        if (width == 0) return null;
        if (vectors is null) throw new InvalidOperationException($"Expected {from}, found none, though it says their width is {width}.");
        Shapes.Expect(vectors, from, rows, width);
        return vectors.alias();
    }
}
