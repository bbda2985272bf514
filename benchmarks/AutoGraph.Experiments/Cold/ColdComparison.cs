using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Randomness;
using AutoGraph.Core.Snapshots;

namespace AutoGraph.Experiments;

/// <summary>Figures of one way to answer.</summary>
/// <param name="Method">What answers.</param>
/// <param name="Weight">Weight of the content term.</param>
/// <param name="Quota">Places kept for new items.</param>
/// <param name="All">Rows of new items, ranked among all items.</param>
/// <param name="NewOnly">The same among the new items; null where the quota changes nothing of it.</param>
/// <param name="Known">Rows of known items.</param>
internal sealed record ColdFigures(string Method, double Weight, int Quota, Figures All, Figures? NewOnly, Figures Known);

/// <summary>
/// New items found by a model that never saw them (method: §8, §9): content weight and quota are chosen on validation rows of known items and on rows of one half of
/// the new items; what is reported are rows of the other half, and test rows of known items.
/// </summary>
internal sealed record ColdComparison(string Dataset, int Seed, int NewItems, int Items, int ChoiceRows, int Rows, int KnownRows, double ChosenWeight, ColdFigures[] Choice, ColdFigures[] Test)
{
    private const int MostRows = 3000;

    /// <summary>What known items may lose of their validation NDCG@10 by the content term.</summary>
    public const double Loss = .02;

    public static double[] Weights { get; } = [0, .25, .5, 1, 2];

    public static int[] Quotas { get; } = [1, 2, 3];

    public static ColdComparison Of(TrainedRun trained, int seed)
    {
        var (data, cold) = (trained.Data, trained.Data.Cold!);
        bool[] isNew = new bool[data.All.Items.Count];
        foreach (int item in cold.Items) isNew[item] = true;
        int[] order = [.. cold.Items];
        RandomStream.For(0, "halves of cold items").Shuffle(order);
        var first = order.Take(order.Length / 2).ToHashSet();
        var content = Content(trained.Vectors!, data.KnownItems);

        var choice = Rank(RowsOf(cold.Queries, target => first.Contains(target)), RowsOf(data.Validation, _ => true), data, trained, content, isNew, quotas: false, random: null);
        double weight = Choose(choice);
        var test = Rank(RowsOf(cold.Queries, target => !first.Contains(target)), RowsOf(data.Test, _ => true), data, trained, content, isNew, quotas: true, random: seed, weight);
        return new(data.Name, seed, cold.Items.Length, isNew.Length, RowsOf(cold.Queries, first.Contains).Count, RowsOf(cold.Queries, target => !first.Contains(target)).Count, RowsOf(data.Test, _ => true).Count, weight, choice, test);
    }

    /// <summary>The weight with the best NDCG@10 of new items among those that cost known items at most <see cref="Loss"/>.</summary>
    internal static double Choose(IReadOnlyList<ColdFigures> choice)
    {
        double least = (1 - Loss) * choice.Single(figures => figures.Weight == 0).Known.Ndcg;
        return choice.Where(figures => figures.Known.Ndcg >= least).OrderByDescending(figures => figures.All.Ndcg).ThenBy(figures => figures.Weight).First().Weight;
    }

    private static ColdFigures[] Rank(RankingQueries rows, RankingQueries known, ExperimentData data, TrainedRun trained, SharedRows<float> content, bool[] isNew, bool quotas, int? random, double chosen = 0)
    {
        List<ColdFigures> all = [.. Weights.Select(weight => Served("model", weight, 0))];
        if (quotas) all.AddRange(from weight in new[] { 0, chosen }.Distinct() from quota in Quotas select Served("model", weight, quota));
        if (random is not { } seed) return [.. all];
        float[] popularity = new float[isNew.Length];
        foreach (int item in trained.Train.ItemOf) popularity[item]++;
        all.Add(With("content nearest neighbour", queries => new ServedScores(queries, (_, _, scores) => scores.Clear(), content, isNew).Of(1, 0, false), queries => new ServedScores(queries, (_, _, scores) => scores.Clear(), content, isNew).Of(1, 0, true), 0, 0));
        all.Add(With("popularity", queries => Plain(queries, false, Popular), queries => Plain(queries, true, Popular), 0, 0));
        all.Add(With("random", queries => Plain(queries, false, Random), queries => Plain(queries, true, Random), 0, 0));
        return [.. all];

        ColdFigures Served(string method, double weight, int quota) =>
            With(method, queries => Model(queries).Of(weight, quota, false), quota > 0 ? null : queries => Model(queries).Of(weight, 0, true), weight, quota);

        ServedScores Model(RankingQueries queries) => new(queries, (at, count, scores) => trained.Model.Score(queries, at, count, scores), content, isNew);

        BlockScorer Plain(RankingQueries queries, bool newOnly, BlockScorer scorer) => new ServedScores(queries, scorer, content, isNew).Of(0, 0, newOnly);

        void Popular(int at, int count, Span<float> scores)
        {
            for (int i = 0; i < count; i++) popularity.CopyTo(scores[(i * isNew.Length)..]);
        }

        void Random(int at, int count, Span<float> scores)
        {
            var draws = RandomStream.For(seed, "random ranking", at);
            for (int i = 0; i < scores.Length; i++) scores[i] = (float)draws.NextDouble();
        }

        ColdFigures With(string method, Func<RankingQueries, BlockScorer> among, Func<RankingQueries, BlockScorer>? amongNew, double weight, int quota) => new(method, weight, quota,
            Evaluate(rows, among), amongNew is null ? null : Evaluate(rows, amongNew), Evaluate(known, among));

        Figures Evaluate(RankingQueries queries, Func<RankingQueries, BlockScorer> scorer) => Figures.Of(RankingEvaluator.Evaluate(queries, data.All.Items.Count, scorer(queries)).SeenMasked);
    }

    /// <summary>Rows whose target fulfils a condition; of many, a seeded choice.</summary>
    private static RankingQueries RowsOf(RankingQueries queries, Func<int, bool> isWanted)
    {
        int[] rows = [.. Enumerable.Range(0, queries.Count).Where(row => isWanted(queries.Targets[row]))];
        RandomStream.For(0, "rows").Shuffle(rows);
        rows = [.. rows.Take(MostRows).Order()];
        int[] offsets = new int[rows.Length + 1];
        List<int> history = [];
        foreach (var (place, row) in rows.Index())
        {
            history.AddRange(queries.HistoryOf(row));
            offsets[place + 1] = history.Count;
        }
        int[] users = [.. rows.Select(row => queries.Users[row])], targets = [.. rows.Select(row => queries.Targets[row])];
        return new(users, targets, offsets, [.. history]);
    }

    /// <summary>Vectors less the mean of the known items', as an engine holds them.</summary>
    private static SharedRows<float> Content(SemanticVectors vectors, int[] known)
    {
        int width = vectors.Items.GetLength(1);
        var values = vectors.Items.Cast<float>().ToArray();
        for (int d = 0; d < width; d++)
        {
            float mean = (float)known.Average(item => (double)vectors.Items[item, d]);
            for (int at = d; at < values.Length; at += width) values[at] -= mean;
        }
        return SharedRows<float>.Of(values, values.Length / width, width);
    }
}
