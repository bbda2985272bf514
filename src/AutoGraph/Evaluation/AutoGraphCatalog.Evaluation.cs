using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Interactions;
using Microsoft.ML;

namespace AutoGraph;

public sealed partial class AutoGraphCatalog
{
    /// <summary>
    /// Ranks the item of each held-out row among all items: NDCG, HR, MRR and GAUC with their protocol, seen items kept and masked; each result also
    /// by activity of the user and popularity of the item, and coverage, novelty and popularity of the lists of best items.
    /// </summary>
    /// <param name="model">A fitted or loaded model with a recommender in it.</param>
    /// <param name="heldOut">Held-out rows, normally with a history column, as <see cref="DataOperations.LeaveOneOut"/> makes them; without one the stored histories are used.</param>
    /// <param name="options">Cut-off, sampled negatives, name of the split; interaction counts that are null are those of the stored histories. Null: NDCG@10 and HR@10 over all items, named "test".</param>
    /// <exception cref="ArgumentException">There is no recommender in the model, a column is missing, the table is empty, or it names unknown items.</exception>
    public RankingReport Evaluate(ITransformer model, IDataView heldOut, RankingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        var recommender = TransformerSearch.Recommender(model);
        var queries = QueryReader.Read(model.Transform(heldOut), recommender.InteractionColumns, recommender.Users.Ids, recommender.Items.Ids, recommender.Histories);
        options ??= new RankingOptions();
        options = options with
        {
            UserInteractions = options.UserInteractions ?? recommender.Histories.CountByUser(),
            ItemInteractions = options.ItemInteractions ?? recommender.Histories.CountByItem(recommender.Items.Ids.Count),
        };
        var report = RankingEvaluator.Evaluate(queries, recommender.Items.Ids.Count, (first, count, scores) => recommender.Model.Score(queries, first, count, scores), options);
        return Logged(report);
    }

    /// <summary>The same for a recommender of your own: ranks the item of each held-out row among the items by the scores that it gives them.</summary>
    /// <param name="heldOut">Held-out rows with a history column, as <see cref="DataOperations.LeaveOneOut"/> makes them.</param>
    /// <param name="itemIds">The items to rank, distinct.</param>
    /// <param name="scorer">Called for each row, by one thread.</param>
    /// <param name="options">As above; interaction counts that are null are not known: no slices, coverage or novelty then.</param>
    /// <param name="columns">Column names; null: "UserId", "ItemId", "Timestamp", "History".</param>
    /// <exception cref="ArgumentException">A column is missing, the table is empty or names unknown items, or ids repeat.</exception>
    /// <exception cref="InvalidOperationException">A score is NaN or was not set.</exception>
    public RankingReport Evaluate(IDataView heldOut, IReadOnlyList<string> itemIds, RowScorer scorer, RankingOptions? options = null, InteractionColumns? columns = null)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        ArgumentNullException.ThrowIfNull(itemIds);
        ArgumentNullException.ThrowIfNull(scorer);
        columns ??= InteractionColumns.Default;
        if (heldOut.Schema.GetColumnOrNull(columns.History) is null) throw new ArgumentException($"Expected a column '{columns.History}' of what each user did before, found none. Split with LeaveOneOut or GlobalTimeSplit.", nameof(heldOut));
        string[] userIds = [.. ReadUsers(heldOut, columns)];
        var (users, items) = (new EntityIndex(userIds.Distinct(StringComparer.Ordinal)), new EntityIndex(itemIds));
        var queries = QueryReader.Read(heldOut, columns, users, items, new StoredHistories([0], []));
        return Logged(RankingEvaluator.Evaluate(queries, items.Count, (first, count, scores) =>
        {
            for (int row = 0; row < count; row++)
                scorer(userIds[first + row], [.. queries.HistoryOf(first + row).ToArray().Select(item => items[item])], scores.Slice(row * items.Count, items.Count));
        }, options ?? new RankingOptions()));
    }

    private static IEnumerable<string> ReadUsers(IDataView view, InteractionColumns columns)
    {
        var column = ColumnKind.Id.Require(view.Schema, columns.User, "the user id");
        using var cursor = view.GetRowCursor([column]);
        for (var id = ColumnReader.Id(cursor, column); cursor.MoveNext();) yield return id();
    }

    private RankingReport Logged(RankingReport report)
    {
        Environment.Log("Evaluate", [report.SeenKept.ToString(), report.SeenMasked.ToString()]);
        return report;
    }
}
