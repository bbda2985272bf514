using System.Numerics.Tensors;
using AutoGraph.Core.Interactions;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>The two columns of graph vectors, looked up by the ids of a row, and their dot product.</summary>
/// <remarks>An unknown id gets the mean vector of its side, so that no row is without one.</remarks>
internal sealed class GraphVectorColumns
{
    internal const string User = "UserGraphVector";
    internal const string Item = "ItemGraphVector";
    internal const string Score = "GraphScore";
    private readonly GraphState _state;
    private readonly float[] _userMean;
    private readonly float[] _itemMean;

    internal GraphVectorColumns(GraphState state)
    {
        _state = state;
        Width = state.Model.Options.Dimension;
        (_userMean, _itemMean) = (Mean(state.Model.UserVectors.Span, Width), Mean(state.Model.ItemVectors.Span, Width));
    }

    internal int Width { get; }

    internal ReadOnlySpan<float> UserVector(string id) => Vector(_state.Users.Ids, _state.Model.UserVectors.Span, _userMean, id);

    internal ReadOnlySpan<float> ItemVector(string id) => Vector(_state.Items.Ids, _state.Model.ItemVectors.Span, _itemMean, id);

    internal float ScoreOf(string user, string item) => TensorPrimitives.Dot(UserVector(user), ItemVector(item));

    internal DataViewSchema.DetachedColumn[] Columns() => Columns(Width, _state);

    /// <summary>What a graph gives by itself: its dot product ranks where the vectors were trained to.</summary>
    internal static DataViewSchema.DetachedColumn[] OutputsOf(MetapathGraphOptions options, GraphState? state) =>
        options.Training == GraphTraining.Standalone ? [.. Columns(options.Dimension, state), new(Score, NumberDataViewType.Single)] : Columns(options.Dimension, state);

    /// <summary>The columns; without a state only their shape is meant.</summary>
    internal static DataViewSchema.DetachedColumn[] Columns(int width, GraphState? state)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(GraphState.Annotation, GraphState.HandleType.Instance, (ref GraphState value) => value = state!);
        var type = new VectorDataViewType(NumberDataViewType.Single, width);
        return [new(User, type, annotations.ToAnnotations()), new(Item, type, annotations.ToAnnotations())];
    }

    internal static float[] Mean(ReadOnlySpan<float> vectors, int width)
    {
        var mean = new float[width];
        int count = vectors.Length / width;
        for (int row = 0; row < count; row++) TensorPrimitives.Add(mean, vectors.Slice(row * width, width), mean);
        TensorPrimitives.Divide(mean, Math.Max(count, 1), mean);
        return mean;
    }

    private ReadOnlySpan<float> Vector(EntityIndex ids, ReadOnlySpan<float> vectors, float[] mean, string id) =>
        ids.TryGetPosition(id, out int position) ? vectors.Slice(position * Width, Width) : mean;
}
