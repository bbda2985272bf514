using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>A trained <see cref="GraphEnhancedRecommender"/>: scores the user and item of each row.</summary>
/// <remarks>Immutable; safe for concurrent use. Needs no encoder and no language model.</remarks>
public sealed class GraphEnhancedRecommenderTransformer : BatchTransformer
{
    internal const string KindName = "Recommender";
    internal const string ScoreColumn = "Score";

    internal GraphEnhancedRecommenderTransformer(TwoTowerRecommender model, FittedSide users, FittedSide items, StoredHistories histories, InteractionColumns interactionColumns)
        : base(batchSize: 256)
    {
        (Model, Users, Items, Histories, InteractionColumns) = (model, users, items, histories, interactionColumns);
        MeanItem = GraphVectorColumns.Mean(model.ItemVectors.Span, model.Dimension);
        GraphVectors = model.Graph is { } graph ? new GraphVectorColumns(new GraphState(users, items, graph)) : null;
    }

    internal TwoTowerRecommender Model { get; }

    internal FittedSide Users { get; }

    internal FittedSide Items { get; }

    internal StoredHistories Histories { get; }

    internal InteractionColumns InteractionColumns { get; }

    /// <summary>What an unknown item looks like: the mean of all item vectors.</summary>
    internal float[] MeanItem { get; }

    internal GraphVectorColumns? GraphVectors { get; }

    /// <summary>What training did; empty after loading.</summary>
    public TrainingReport Report => Model.Report;

    /// <summary>How much the trained model uses each path of the graph; null without a graph of its own or without <see cref="MetapathGraphOptions.Gates"/>.</summary>
    public MetapathGates? Gates => Model.Graph?.Gates;

    /// <summary>The graph vector of a user as trained here, which the column UserGraphVector has: of an unknown id the mean of all users.</summary>
    /// <exception cref="InvalidOperationException">The recommender has no graph.</exception>
    public ReadOnlySpan<float> UserVector(string userId) => RequireGraph().UserVector(userId);

    /// <summary>The graph vector of an item as trained here, which the column ItemGraphVector has: of an unknown id the mean of all items.</summary>
    /// <exception cref="InvalidOperationException">The recommender has no graph.</exception>
    public ReadOnlySpan<float> ItemVector(string itemId) => RequireGraph().ItemVector(itemId);

    private GraphVectorColumns RequireGraph() => GraphVectors ??
        throw new InvalidOperationException($"Expected a recommender that trains a graph, found one without. Fit it behind MetapathGraph, with {nameof(Enhancement)}.{nameof(Enhancement.AutoGraph)}.");

    private protected override string Kind => KindName;

    internal override IEnumerable<string> Inputs(DataViewSchema schema)
    {
        yield return ColumnKind.Id.Require(schema, InteractionColumns.User, "the user id").Name;
        yield return ColumnKind.Id.Require(schema, InteractionColumns.Item, "the item id").Name;
        if (HistoryReader.Find(schema, InteractionColumns) is { } history) yield return history.Name;
    }

    internal override DataViewSchema.DetachedColumn[] Outputs() => Columns(GraphVectors?.Width, GraphVectors);

    internal static DataViewSchema.DetachedColumn[] Columns(int? width, GraphVectorColumns? vectors)
    {
        var score = new DataViewSchema.DetachedColumn(ScoreColumn, NumberDataViewType.Single);
        return width is null ? [score] : [score, .. vectors?.Columns() ?? GraphVectorColumns.Columns(width.Value, null)];
    }

    internal override RowBatch NewBatch(DataViewRow input, int size, bool[] wanted) => new RecommenderBatch(this, input, size, wanted);

    internal static GraphEnhancedRecommenderTransformer Load(PartReader part)
    {
        NativeRuntime.Require();
        var columns = InteractionColumnsIo.Load(part);
        var (users, items) = (FittedSide.Load(part, "Users"), FittedSide.Load(part, "Items"));
        var (weights, histories) = (part.Tensors("Weights"), part.Tensors("Histories"));
        return new(part.Build("Weights", () => TwoTowerRecommender.Load(weights)), users, items,
            part.Build("Histories", () => StoredHistories.Load(histories, users.Ids.Count, items.Ids.Count)), columns);
    }

    private protected override void Write(PartWriter part)
    {
        InteractionColumnsIo.Save(part, InteractionColumns);
        Users.Write(part, "Users");
        Items.Write(part, "Items");
        part.Tensors("Weights", Model.Save());
        part.Tensors("Histories", Histories.Save());
    }
}
