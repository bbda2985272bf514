namespace AutoGraph.Core.Evaluation;

/// <summary>Ranks the targets of held-out rows among the items (paper §4.1.2).</summary>
/// <remarks>
/// Rank r = 1 + greater + equal / 2 among the candidates, the target itself excluded from "equal". Items are counted, never
/// sorted, in blocks of queries; the block size does not change any figure. Stateless; safe for concurrent use.
/// </remarks>
public static class RankingEvaluator
{
    private const int MostScores = 64 << 20;   // 256 MiB

    /// <summary>Scores every query once and ranks its target with seen items kept and masked.</summary>
    /// <param name="queries">The rows to rank.</param>
    /// <param name="itemCount">Number of items, all of which are scored.</param>
    /// <param name="score">Fills the scores of a block of queries.</param>
    /// <param name="options">Cut-off, candidates and split name.</param>
    /// <exception cref="ArgumentException">There is no query, an item position is out of range, or an option is.</exception>
    /// <exception cref="InvalidOperationException">A score is NaN; the message names query, user and item.</exception>
    public static RankingReport Evaluate(RankingQueries queries, int itemCount, BlockScorer score, RankingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(score);
        options ??= new();
        options.Check(itemCount);
        CheckItems(queries, itemCount);
        CheckUsers(queries, options);

        var kept = new Tally(queries, options);
        var masked = new Tally(queries, options);
        var seenBy = new int[itemCount];   // 1 + the last query that saw the item: distinct seen items without clearing
        var sampler = options.SampledNegatives is { } negatives ? new NegativeDraw(queries, itemCount, negatives, options.Seed) : null;
        int block = Math.Clamp(MostScores / itemCount, 1, Math.Min(options.BlockSize, queries.Count));
        var scores = new float[block * itemCount];
        for (int first = 0; first < queries.Count; first += block)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(block, queries.Count - first);
            scores.AsSpan().Fill(float.NaN);   // a scorer that leaves gaps is found out instead of ranking the last block's scores
            score(first, count, scores.AsSpan(0, count * itemCount));
            for (int query = first; query < first + count; query++)
                Rank(queries, query, scores.AsSpan((query - first) * itemCount, itemCount), sampler, seenBy, kept, masked);
        }
        return new(kept.Result(Protocol(SeenItems.Kept), options.Cutoff).Sliced(queries, options), masked.Result(Protocol(SeenItems.Masked), options.Cutoff).Sliced(queries, options));

        RankingProtocol Protocol(SeenItems seen) => new(options.Split, itemCount, sampler?.Count, options.SampledNegatives is null ? 0 : options.Seed, seen);
    }

    private static void Rank(RankingQueries queries, int query, ReadOnlySpan<float> scores, NegativeDraw? sampler, int[] seenBy, Tally kept, Tally masked)
    {
        int target = queries.Targets[query];
        float own = scores[target];
        var (greater, equal, hasNaN) = ScoreCounter.Count(scores, own);
        if (hasNaN) throw NotANumber(queries, query, scores);
        var all = new Counts(scores.Length, greater, equal - 1);
        kept.List(scores, default, target);
        masked.List(scores, queries.HistoryOf(query), target);

        if (sampler is null)
        {
            kept.Set(query, all);
            foreach (int item in queries.HistoryOf(query))
                if (IsNew(item)) all.Remove(scores[item], own);
            masked.Set(query, all);
            return;
        }

        foreach (int item in queries.HistoryOf(query)) IsNew(item);
        Counts drawn = new(1, 0, 0), unseen = new(1, 0, 0);
        foreach (int item in sampler.For(query))
        {
            drawn.Add(scores[item], own);
            if (seenBy[item] != query + 1) unseen.Add(scores[item], own);
        }
        kept.Set(query, drawn);
        masked.Set(query, unseen);

        bool IsNew(int item)
        {
            if (item == target || seenBy[item] == query + 1) return false;
            seenBy[item] = query + 1;
            return true;
        }
    }

    private static void CheckItems(RankingQueries queries, int itemCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(itemCount, 1);
        if (queries.Count == 0) throw new ArgumentException("Expected at least one query, found none. Is the split empty, or MinHistory too high?", nameof(queries));
        for (int query = 0; query < queries.Count; query++)
        {
            Check(queries.Targets[query], "target", query);
            foreach (int item in queries.HistoryOf(query)) Check(item, "history item", query);
        }

        void Check(int item, string what, int query)
        {
            if ((uint)item >= (uint)itemCount)
                throw new ArgumentException($"Expected item positions from 0 to {itemCount - 1}, found {what} {item} in query {query}. Leave out rows whose items the model does not know.", nameof(queries));
        }
    }

    private static void CheckUsers(RankingQueries queries, RankingOptions options)
    {
        if (options.UserInteractions is not { } counts) return;
        foreach (int user in queries.Users)
            if (user < -1 || user >= counts.Count)
                throw new ArgumentException($"Expected UserInteractions of all users, found {counts.Count} and user {user}.", nameof(options));
    }

    private static InvalidOperationException NotANumber(RankingQueries queries, int query, ReadOnlySpan<float> scores)
    {
        int item = 0;
        while (!float.IsNaN(scores[item])) item++;
        return new($"Expected numbers as scores, found NaN for item {item} in query {query} (user {queries.Users[query]}). The model's weights or features are not finite: lower the learning rate, or check the input for NaN; a scorer of your own must fill every score.");
    }

    /// <summary>Candidates of one query, the target included, and how they compare with it.</summary>
    private record struct Counts(int Candidates, int Greater, int Equal)
    {
        internal void Add(float score, float own) => Change(score, own, 1);

        internal void Remove(float score, float own) => Change(score, own, -1);

        private void Change(float score, float own, int by)
        {
            Candidates += by;
            if (score > own) Greater += by;
            else if (score == own) Equal += by;
        }
    }

    private sealed class Tally(RankingQueries queries, RankingOptions options)
    {
        private readonly double[] _ranks = new double[queries.Count];
        private readonly int[] _candidates = new int[queries.Count];
        private readonly ListTally? _lists = options.ItemInteractions is { } interactions ? new ListTally(interactions, options.Cutoff) : null;

        /// <summary>Adds the query's list of best items; its target is never left out.</summary>
        internal void List(ReadOnlySpan<float> scores, ReadOnlySpan<int> seen, int target)
        {
            if (_lists is null) return;
            _lists.Add(scores, seen.Contains(target) ? [.. seen.ToArray().Where(item => item != target)] : seen);
        }

        internal void Set(int query, Counts counts)
        {
            _candidates[query] = counts.Candidates;
            if (counts.Candidates > 1) _ranks[query] = 1 + counts.Greater + counts.Equal / 2.0;
        }

        internal RankingResult Result(RankingProtocol protocol, int k) => new(protocol, k, _ranks, _candidates, queries, _lists?.Result());
    }
}
