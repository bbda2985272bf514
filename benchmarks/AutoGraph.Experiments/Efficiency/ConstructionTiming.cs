using System.Diagnostics;
using System.Globalization;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using AutoGraph.Core.Retrieval;
using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.ItemGraphs;
using MathNet.Numerics.Statistics;
using Microsoft.Extensions.AI;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace AutoGraph.Experiments;

/// <summary>Builds the graphs of LightGCN, CCGNN, TopoI2I and AutoGraph from nothing, and adds nodes to them, with a clock beside it. No cache is read.</summary>
internal sealed class ConstructionTiming
{
    private readonly RunOptions _options;
    private readonly ExperimentData _data;
    private readonly InteractionTable _train;
    private readonly List<string> _itemTexts;
    private readonly List<string>? _userTexts;
    private readonly int _candidates, _nodes;
    private readonly CancellationToken _cancellationToken;

    /// <param name="options">Data set, texts, encoder.</param>
    /// <param name="candidates">Similar items that TopoI2I asks about, E.</param>
    /// <param name="nodes">Nodes added to time insertion.</param>
    /// <param name="cancellationToken">Stops.</param>
    public ConstructionTiming(RunOptions options, int candidates, int nodes, CancellationToken cancellationToken)
    {
        (_options, _candidates, _nodes, _cancellationToken) = (options with { Cache = null }, candidates, nodes, cancellationToken);
        _data = ExperimentData.Load(options, cancellationToken);
        _train = _data.All.Select([.. _data.Split.Train]);
        (_itemTexts, _userTexts) = (SemanticVectors.TextsOfItems(_data, options), SemanticVectors.UserTexts(_data, options));
    }

    private int Users => _data.All.Users.Count;

    private int Items => _data.All.Items.Count;

    /// <summary>Hours that the measurement will take at most: every text is encoded up to three times, and codes are fitted twice.</summary>
    public async Task<double> ProjectHoursAsync()
    {
        const int sample = 20;
        const double secondsPerCodedRow = 0.01;     // two fits of an RQ-VAE on one busy core
        var clock = Stopwatch.StartNew();
        using var encoder = SemanticVectors.EncoderOf(_data, _itemTexts, _options, _cancellationToken);
        string[] texts = [.. _itemTexts.Take(sample)];
        await new TextEmbedder(encoder).EmbedAsync(texts, cancellationToken: _cancellationToken);
        return (3 * clock.Elapsed.TotalSeconds / texts.Length * (Users + Items) + secondsPerCodedRow * (Users + Items)) / 3600;
    }

    /// <summary>All four methods.</summary>
    public async Task<Construction[]> MeasureAsync()
    {
        using var encoder = SemanticVectors.EncoderOf(_data, _itemTexts, _options, _cancellationToken);
        var embedder = new TextEmbedder(encoder);
        var (items, encodeItems) = await ClockAsync("encode item texts", () => embedder.EmbedAsync(_itemTexts, cancellationToken: _cancellationToken));
        _options.Display.Say(FormattableString.Invariant($"{Items:N0} item texts encoded in {encodeItems.Seconds:F1} s"));
        return [LightGcn(), Ccgnn(), await TopoI2IAsync(items, encodeItems, embedder), await AutoGraphAsync(items, encodeItems, embedder)];
    }

    private Construction LightGcn()
    {
        var (_, build) = Clock("edges of users and items, both directions", () =>
        {
            var edges = Adjacency.FromEdges(Users, Items, _train.UserOf, _train.ItemOf);
            return (edges, edges.Transpose());
        });
        return new(_data.Name, "lightgcn", "0", 0, [build], "N/A", null, [], "a node without interactions has no edges, and one with some has no embedding before the next fit");
    }

    private Construction Ccgnn()
    {
        var (graph, mine) = Clock("mine phrases of all item texts", () => PhraseGraph.Mine(_itemTexts));
        var find = Each("find the phrases of one text", item => graph.PhrasesOf(_itemTexts[item]));
        return new(_data.Name, "ccgnn", "0", 0, [mine], "0", 0, [find], "phrases that texts share; the paper runs a named-entity model over each text, O(N)");
    }

    private async Task<Construction> TopoI2IAsync(float[,] items, ConstructionStep encodeItems, TextEmbedder embedder)
    {
        var (nearest, search) = Clock("nearest items of every item", () => ItemSimilarity.Nearest(items, _candidates));
        var (_, build) = Clock("edges of similar items", () => ItemSimilarity.Graph(nearest));
        int width = items.GetLength(1);
        float[] all = [.. items.Cast<float>()];
        var find = Each("nearest items of one item", item =>
        {
            var scores = new float[Items];
            for (int other = 0; other < scores.Length; other++) scores[other] = TensorPrimitives.Dot<float>(all.AsSpan(item * width, width), all.AsSpan(other * width, width));
            return TopK.Select(scores, _candidates, [item]);
        });
        return new(_data.Name, "topoi2i", "O(N·E)", (long)Items * _candidates, [encodeItems, search, build], "O(E)", _candidates, [await EncodeOneAsync(embedder), find],
            string.Create(CultureInfo.InvariantCulture, $"E = {_candidates} candidates an item, one call for each pair as in the paper; ItemSimilarity of this library asks about all candidates of an item at once: {Items:N0} calls, and 1 for a new item"));
    }

    private async Task<Construction> AutoGraphAsync(float[,] items, ConstructionStep encodeItems, TextEmbedder embedder)
    {
        var (users, encodeUsers) = _userTexts is null
            ? Clock("mean vectors of users", () => SemanticVectors.Means(_train, items))
            : await ClockAsync("encode user texts", () => embedder.EmbedAsync(_userTexts, cancellationToken: _cancellationToken));
        _options.Display.Say(FormattableString.Invariant($"{Users:N0} user vectors in {encodeUsers.Seconds:F1} s"));
        var (userCodes, fitUsers) = Clock("codes of users", () => FactorCodes.Fit(users, [.. _train.UserOf.ToArray().Distinct().Order()], _data.Codes.Users, _options, _cancellationToken));
        var (itemCodes, fitItems) = Clock("codes of items", () => FactorCodes.Fit(items, _data.KnownItems, _data.Codes.Items, _options, _cancellationToken));
        _options.Display.Say(FormattableString.Invariant($"codes in {fitUsers.Seconds + fitItems.Seconds:F1} s"));
        var (_, build) = Clock("edges of users, items and factors", () => new FactorGraph(_train, userCodes.Codes, itemCodes.Codes, _options.Levels));
        var insert = new InsertionTiming(_data, _train, _itemTexts, _userTexts ?? SemanticVectors.UserTexts(_data, _options with { UserText = UserText.Template })!, _options, _nodes, _cancellationToken).Measure();
        long calls = Items + (_userTexts is null ? 0 : Users);
        return new(_data.Name, "autograph", "O(N)", calls, [encodeItems, encodeUsers, fitUsers, fitItems, build], "O(1)", 1, [insert],
            string.Create(CultureInfo.InvariantCulture, $"one call for each item{(_userTexts is null ? "; users are the mean of their items and need none" : " and user")}; insertion through the serving engine: text, vector, codes, edges and one forward pass, mean of users and items"));
    }

    private async Task<ConstructionStep> EncodeOneAsync(TextEmbedder embedder)
    {
        var seconds = new double[_nodes];
        for (int i = 0; i < seconds.Length; i++)
        {
            var clock = Stopwatch.StartNew();
            await embedder.EmbedAsync([_itemTexts[ItemAt(i)]], cancellationToken: _cancellationToken);
            seconds[i] = clock.Elapsed.TotalSeconds;
        }
        return new("encode one text", seconds.Median());
    }

    /// <summary>The item of a new node, so that nodes are spread over the table.</summary>
    private int ItemAt(int node) => (int)((long)node * Items / _nodes);

    /// <summary>Median over items spread over the table.</summary>
    private ConstructionStep Each<T>(string name, Func<int, T> work) => new(name, Enumerable.Range(0, _nodes).Select(i => Clock(name, () => work(ItemAt(i))).Step.Seconds).Median());

    private static (T Made, ConstructionStep Step) Clock<T>(string name, Func<T> work)
    {
        var clock = Stopwatch.StartNew();
        var made = work();
        return (made, new(name, clock.Elapsed.TotalSeconds));
    }

    private static async Task<(T Made, ConstructionStep Step)> ClockAsync<T>(string name, Func<Task<T>> work)
    {
        var clock = Stopwatch.StartNew();
        var made = await work();
        return (made, new(name, clock.Elapsed.TotalSeconds));
    }
}
