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
}
