using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>What gives users the vectors of an enhancement in inference.</summary>
internal abstract class UserVectors(string name) : nn.Module(name)
{
    private const string ShapeEntry = "shape";

    /// <summary>Width G of the vectors.</summary>
    public abstract int Width { get; }

    /// <summary>Vectors [B, G].</summary>
    /// <param name="users">[B] positions of users, U for unknown ones.</param>
    /// <param name="histories">What each of them did before, oldest first.</param>
    public abstract Tensor Of(int[] users, ItemSequences histories);

    /// <summary>Width Wu of what it knows of users, at least 0.</summary>
    internal abstract int UserWidth { get; }

    /// <summary>Width Wi of what it reads of items, at least 0.</summary>
    internal abstract int ItemWidth { get; }

    /// <summary>What it knows of users, [U + 1, Wu], the last row for unknown ones; Wu may be 0.</summary>
    /// <param name="userCount">U.</param>
    public abstract Tensor UserRows(int userCount);

    /// <summary>What it reads of items, [I, Wi]; Wi may be 0.</summary>
    /// <param name="itemCount">I.</param>
    public abstract Tensor ItemRows(int itemCount);

    /// <summary>The row [1, Wu] of a single user.</summary>
    /// <param name="known">Position, or -1 for one that joined after training.</param>
    /// <param name="node">Semantic state [1, D], what each round reads of it [1, L·D] and graph vector [1, D] where the vectors are those of the graph; null elsewhere.</param>
    public abstract Tensor UserRow(int known, (Tensor State, Tensor Active, Tensor Vector)? node);

    /// <summary>The row [1, Wi] of a single item.</summary>
    /// <param name="known">Position, or -1 for one that joined after training.</param>
    /// <param name="active">What each round reads of it, [1, L·D], where the vectors are those of the graph; null elsewhere.</param>
    public abstract Tensor ItemRow(int known, Tensor? active);

    /// <summary>Vectors [B, G] over given rows.</summary>
    /// <param name="users">[B, Wu].</param>
    /// <param name="items">[n, Wi].</param>
    /// <param name="histories">Places among the n rows, oldest first.</param>
    public abstract Tensor Apply(Tensor users, Tensor items, ItemSequences histories);

    /// <summary>How the vector of one user reads the history: places among the n rows and their weights, which add up to 1; empty where it does not.</summary>
    /// <param name="user">[1, Wu].</param>
    /// <param name="items">[n, Wi] of the history, oldest first.</param>
    public virtual (int Place, float Weight)[] Attention(Tensor user, Tensor items) => [];

    /// <summary>The kind, and what else makes an empty module of the same shape.</summary>
    internal abstract int[] Shape { get; }

    public void Save(TensorDictionary target, string prefix)
    {
        target.Add(prefix + ShapeEntry, Shape, Shape.Length);
        ModuleState.Save(this, target, prefix);
    }

    /// <exception cref="InvalidDataException">An entry is missing or damaged; the message names it.</exception>
    public static UserVectors Load(TensorDictionary source, string prefix)
    {
        int[] shape = source.Ints(prefix + ShapeEntry, -1);
        var vectors = Empty(shape) ?? throw new InvalidDataException($"Expected a known kind of user vectors in '{prefix}{ShapeEntry}', found {string.Join(", ", shape)}.");
        ModuleState.Load(vectors, source, prefix);
        return vectors;
    }

    /// <summary>A module of a given shape, to load into; null where the shape is none.</summary>
    protected static UserVectors? Empty(int[] shape) => shape switch
    {
        [FixedUserVectors.Kind, > 0 and var rows, > 0 and var width] => new FixedUserVectors(zeros(rows, width)),
        [HistoryUserVectors.Kind, .. var history] => HistoryUserVectors.OfShape(history),
        [CombinedUserVectors.Kind, .. var parts] => CombinedUserVectors.OfParts(parts),
        [PooledUserVectors.Kind, > 0 and var items, > 0 and var width, > 0 and var latest] => new PooledUserVectors(zeros(items, width), latest),
        _ => null,
    };

    /// <summary>Moves all tensors to the scope around the current one.</summary>
    public void MoveToOuterScope()
    {
        foreach (var tensor in parameters().Concat(buffers())) tensor.MoveToOuterDisposeScope();
    }

    /// <summary>Takes all tensors out of the current scope.</summary>
    public void DetachFromScope()
    {
        foreach (var tensor in parameters().Concat(buffers())) tensor.DetachFromDisposeScope();
    }

    /// <summary>Rows [U, W] with their mean, which stands for unknown users, as one more.</summary>
    protected static Tensor WithMean(Tensor rows) => cat([rows, rows.mean([0], keepdim: true)], 0);
}
