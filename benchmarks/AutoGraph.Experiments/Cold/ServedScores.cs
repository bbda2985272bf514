using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Retrieval;
using AutoGraph.Core.Snapshots;

namespace AutoGraph.Experiments;

/// <summary>How an engine would answer rows: model scores, the content term of a request, places kept for new items; items of the history left out.</summary>
/// <param name="queries">The rows.</param>
/// <param name="model">Scores of a block of rows.</param>
/// <param name="content">[I, V] centred semantic vectors.</param>
/// <param name="isNew">[I] items that training never saw.</param>
internal sealed class ServedScores(RankingQueries queries, BlockScorer model, SharedRows<float> content, bool[] isNew)
{
    private const int Places = 10;
    private readonly int[] _new = [.. Enumerable.Range(0, isNew.Length).Where(item => isNew[item])];

    /// <summary>Scores in the order of the answer.</summary>
    /// <param name="weight">w of z(model) + w · z(cosine), 0 for the model alone.</param>
    /// <param name="quota">Places of the first ten kept for new items.</param>
    /// <param name="newOnly">Whether only new items may come.</param>
    public BlockScorer Of(double weight, int quota, bool newOnly) => (first, count, scores) =>
    {
        model(first, count, scores);
        for (int i = 0; i < count; i++)
        {
            var own = scores.Slice(i * isNew.Length, isNew.Length);
            var history = queries.HistoryOf(first + i);
            if (weight > 0) AddContent(own, history, weight);
            foreach (int seen in history)
                if (seen != queries.Targets[first + i]) own[seen] = float.NegativeInfinity;
            if (newOnly) Hide(own);
            else if (quota > 0) KeepPlaces(own, quota);
        }
    };

    private void AddContent(Span<float> scores, ReadOnlySpan<int> history, double weight)
    {
        float[] own = scores.ToArray();
        ContentTerm.Add(own, content, history, weight, static _ => false);
        own.CopyTo(scores);
    }

    private void Hide(Span<float> scores)
    {
        for (int item = 0; item < scores.Length; item++)
            if (!isNew[item]) scores[item] = float.NegativeInfinity;
    }

    // the answer's ten items stand above all others, in its order
    private void KeepPlaces(Span<float> scores, int quota)
    {
        var all = scores.ToArray();
        var bestNew = TopK.Select([.. _new.Select(item => all[item])], quota).Select(best => best with { Position = _new[best.Position] });
        var answer = NewItemQuota.Apply(TopK.Select(scores, Places), [.. bestNew], Places, item => isNew[item]);
        float top = TopK.Select(scores, 1)[0].Score;
        foreach (var (place, item) in answer.Index()) scores[item.Position] = top + Math.Max(1, Math.Abs(top)) * (Places - place);
    }
}
