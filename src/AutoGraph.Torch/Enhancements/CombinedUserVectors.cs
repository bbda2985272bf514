using AutoGraph.Torch.Recommendation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>The user vectors of several enhancements beside each other.</summary>
internal sealed class CombinedUserVectors : UserVectors
{
    /// <summary>Number of this kind in files.</summary>
    public const int Kind = 2;

    private readonly ModuleList<UserVectors> parts;

    public CombinedUserVectors(IEnumerable<UserVectors> parts) : base(nameof(CombinedUserVectors))
    {
        this.parts = nn.ModuleList([.. parts]);
        RegisterComponents();
    }

    public override int Width => parts.Sum(part => part.Width);

    /// <remarks>The kind, then the length and the shape of each part.</remarks>
    internal override int[] Shape => [Kind, .. parts.SelectMany(part => (int[])[part.Shape.Length, .. part.Shape])];

    /// <summary>A module of a given shape, to load into; null where the shape is none.</summary>
    public static CombinedUserVectors? OfParts(ReadOnlySpan<int> parts)
    {
        var made = new List<UserVectors>();
        for (; !parts.IsEmpty; parts = parts[(1 + parts[0])..])
        {
            if (parts[0] < 1 || parts[0] >= parts.Length || Empty(parts.Slice(1, parts[0]).ToArray()) is not { } part) return null;
            made.Add(part);
        }
        return new(made);
    }

    public override Tensor Of(int[] users, ItemSequences histories)
    {
        using var scope = NewDisposeScope();
        return cat([.. parts.Select(part => part.Of(users, histories))], 1).MoveToOuterDisposeScope();
    }

    public override Tensor UserRows(int userCount) => Beside(part => part.UserRows(userCount));

    public override Tensor ItemRows(int itemCount) => Beside(part => part.ItemRows(itemCount));

    /// <remarks>The vectors of the graph are the first part.</remarks>
    public override Tensor UserRow(int known, (Tensor State, Tensor Active, Tensor Vector)? node) => Beside(part => part.UserRow(known, part == parts[0] ? node : null));

    /// <inheritdoc cref="UserRow"/>
    public override Tensor ItemRow(int known, Tensor? active) => Beside(part => part.ItemRow(known, part == parts[0] ? active : null));

    public override Tensor Apply(Tensor users, Tensor items, ItemSequences histories)
    {
        using var scope = NewDisposeScope();
        var vectors = new List<Tensor>(parts.Count);
        long user = 0, item = 0;
        foreach (var part in parts)
        {
            (long ofUser, long ofItem) = (part.UserWidth, part.ItemWidth);
            vectors.Add(part.Apply(users.narrow(1, user, ofUser), items.narrow(1, item, ofItem), histories));
            (user, item) = (user + ofUser, item + ofItem);
        }
        return cat(vectors, 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="UserRow"/>
    public override (int Place, float Weight)[] Attention(Tensor user, Tensor items)
    {
        using var scope = NewDisposeScope();
        return parts[0].Attention(user.narrow(1, 0, parts[0].UserWidth), items.narrow(1, 0, parts[0].ItemWidth));
    }

    private Tensor Beside(Func<UserVectors, Tensor> rows)
    {
        using var scope = NewDisposeScope();
        return cat([.. parts.Select(rows)], 1).MoveToOuterDisposeScope();
    }

    internal override int UserWidth => parts.Sum(part => part.UserWidth);

    internal override int ItemWidth => parts.Sum(part => part.ItemWidth);
}
