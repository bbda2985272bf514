using AutoGraph.Core.Evaluation;
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
        Environment.Log("Evaluate", [report.SeenKept.ToString(), report.SeenMasked.ToString()]);
        return report;
    }
}
