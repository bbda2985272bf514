using AutoGraph.Core.Interactions;
using AutoGraph.Core.Randomness;
using AutoGraph.Core.Retrieval;
using AutoGraph.Torch.Recommendation;

namespace AutoGraph.Experiments;

/// <summary>
/// A simulated shop whose click probabilities are known: every user comes once a day, sees the best books by a model that he has not read, clicks each with its
/// probability in the <see cref="Datasets.SampleWorldTruth"/>, and a click earns the book's price. A clicked book joins the history. Clicks on a
/// book by a user on a day are drawn alike whatever the model, so that models differ by what they show alone.
/// </summary>
internal sealed class ShopSimulation
{
    private readonly TwoTowerRecommender _model;
    private readonly OnlineTestOptions _options;
    private readonly int _seed;
    private readonly List<int>[] _histories;
    private readonly double[,] _clicks;
    private readonly double[] _prices;

    /// <param name="model">Trained on the world's data.</param>
    /// <param name="data">The sample world's data.</param>
    /// <param name="options">Days and slots.</param>
    /// <param name="seed">Seed of clicks.</param>
    public ShopSimulation(TwoTowerRecommender model, ExperimentData data, OnlineTestOptions options, int seed)
    {
        (_model, _options, _seed) = (model, options, seed);
        var truth = data.World!.Truth;
        int[] readers = [.. data.All.Users.Ids.Select(truth.Readers.PositionOf)], books = [.. data.All.Items.Ids.Select(truth.Books.PositionOf)];
        var histories = new UserHistories(data.All);
        _histories = [.. Enumerable.Range(0, readers.Length).Select(user => histories.ItemsOf(user).ToArray().ToList())];
        _prices = [.. books.Select(book => (double)truth.PriceOf(book))];
        _clicks = new double[readers.Length, books.Length];
        for (int user = 0; user < readers.Length; user++)
            for (int item = 0; item < books.Length; item++) _clicks[user, item] = truth.ClickProbability(readers[user], books[item]);
    }

    /// <summary>What every user saw, clicked and paid, if all were served by the model.</summary>
    public Visits Run()
    {
        int users = _histories.Length;
        var visits = new Visits(new int[users], new int[users], new double[users], new double[users]);
        for (int day = 0; day < _options.Days; day++)
        {
            int[] all = [.. Enumerable.Range(0, users)];
            var vectors = new float[users * _model.VectorsPerUser * _model.Dimension];
            _model.UserVectors(all, [.. _histories.Select(history => (ReadOnlyMemory<int>)history.ToArray())], vectors);
            for (int user = 0; user < users; user++) Visit(user, day, vectors.AsSpan(user * _model.VectorsPerUser * _model.Dimension, _model.VectorsPerUser * _model.Dimension), visits);
        }
        return visits;
    }

    private void Visit(int user, int day, ReadOnlySpan<float> vectors, Visits visits)
    {
        var items = _model.ItemVectors.Span;
        var scores = new float[_model.ItemCount];
        for (int item = 0; item < scores.Length; item++) scores[item] = TwoTowerRecommender.Score(vectors, items.Slice(item * _model.Dimension, _model.Dimension));
        foreach (var shown in TopK.Select(scores, _options.Slots, [.. _histories[user]]))
        {
            double probability = _clicks[user, shown.Position];
            visits.Impressions[user]++;
            visits.Expected[user] += probability * _prices[shown.Position];
            if (RandomStream.ForKey(_seed, ((ulong)user << 40) | ((ulong)day << 20) | (uint)shown.Position).NextDouble() >= probability) continue;
            visits.Clicks[user]++;
            visits.Revenue[user] += _prices[shown.Position];
            _histories[user].Add(shown.Position);
        }
    }
}

/// <summary>What users did, by user.</summary>
/// <param name="Impressions">Books shown.</param>
/// <param name="Clicks">Books clicked.</param>
/// <param name="Revenue">Prices of the clicked books.</param>
/// <param name="Expected">Σ click probability · price over the books shown: the revenue without the luck of clicks.</param>
internal sealed record Visits(int[] Impressions, int[] Clicks, double[] Revenue, double[] Expected);
