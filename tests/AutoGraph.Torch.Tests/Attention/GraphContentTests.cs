using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Tests.Recommendation;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Attention;

/// <summary>Options of the graph on the level of the model: what they need, what they report, and that they are stored.</summary>
public sealed class GraphContentTests
{
    private static readonly MetapathGraphOptions Content = ToyWorld.GraphOptions with { ContentNodes = true };

    private static MetapathGraphModel Fit(MetapathGraphOptions options, GraphContent? content) => MetapathGraphModel.Fit(ToyWorld.Graph(ToyWorld.Rows), options, 5, content: content);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Save_ThenLoad_SameBitsAndOptions(bool attentionV2, bool pairwise)
    {
        var model = Fit(Content with { AttentionV2 = attentionV2, Pairwise = pairwise, Gates = true, Training = GraphTraining.Standalone }, ToyWorld.Content);
        var loaded = MetapathGraphModel.Load(model.Save());
        Assert.Equal(ToyWorld.Bits(model.Save()), ToyWorld.Bits(loaded.Save()));
        Assert.Equal((attentionV2, pairwise, true, true), (loaded.Options.AttentionV2, loaded.Options.Pairwise, loaded.Options.ContentNodes, loaded.Options.Gates));
        Assert.Equal(model.Gates, loaded.Gates);
    }

    [Theory]
    [InlineData(UserNeighbors.Latest)]
    [InlineData(UserNeighbors.Sampled)]
    public void Load_RecommenderOverEveryOption_ScoresKeepTheirBits(UserNeighbors neighbors)
    {
        var train = ToyWorld.Table(ToyWorld.Rows);
        var model = TwoTowerRecommender.Train(ToyWorld.Data(train, form: Content with { AttentionV2 = true, Gates = true, Layers = 2, Dropout = 0.1, UserNeighbors = neighbors }), ToyWorld.Options with { Enhancement = Enhancement.AutoGraph }, 3);
        using var stream = new MemoryStream();
        model.Save().Write(stream);
        stream.Position = 0;
        var loaded = TwoTowerRecommender.Load(TensorDictionary.Read(stream));
        Assert.Equal(Scores(model), Scores(loaded));
        Assert.NotEqual(0, model.Graph!.Gates!.ItemsToUsers);
        var second = Assert.Single(loaded.Graph!.Gates!.LaterRounds!);
        Assert.NotEqual(0, second.ItemsToUsers);
        Assert.NotEqual(second.ItemsToUsers, second.UsersToItems);

        float[] Scores(TwoTowerRecommender recommender)
        {
            var queries = new Core.Evaluation.RankingQueries([0, 3, -1], [1, 2, 3], [0, 3, 4, 6], [4, 5, 6, 7, 8, 9]);
            var scores = new float[3 * ToyWorld.Items];
            recommender.Score(queries, 0, 3, scores);
            return scores;
        }
    }

    [Fact]
    public void Gates_BeforeTraining_AreZeroWhereThePathIsOn()
    {
        Assert.Equal(new MetapathGates(0, null, 0, 0), Fit(ToyWorld.GraphOptions with { Gates = true, Metapaths = Metapaths.UserSemantic | Metapaths.Interaction }, null).Gates);
        Assert.Null(Fit(ToyWorld.GraphOptions, null).Gates);
        Assert.Equal([new RoundGates(0, 0), new RoundGates(0, 0)], Fit(ToyWorld.GraphOptions with { Gates = true, Layers = 3 }, null).Gates!.LaterRounds);
        Assert.Equal(new MetapathGates(0, 0, null, null), Fit(ToyWorld.GraphOptions with { Gates = true, Layers = 3, Metapaths = Metapaths.All & ~Metapaths.Interaction }, null).Gates);
        var trained = Fit(ToyWorld.GraphOptions with { Gates = true, Training = GraphTraining.Standalone }, null).Gates!;
        Assert.All([trained.UserSemantic, trained.ItemSemantic, trained.ItemsToUsers, trained.UsersToItems], gate => Assert.True(gate is { } value && value != 0 && float.IsFinite(value)));
    }

    [Fact]
    public void Fit_NewNodes_DifferByTheirOwnVectorAlone()
    {
        // items 18 and 19 have no interactions and, with semantic paths off, nothing else of their own
        var graph = ToyWorld.Graph(ToyWorld.Rows.Where(row => row.Item < 18));
        var options = Content with { Metapaths = Metapaths.Interaction };
        double[] Vector(MetapathGraphModel model, int item) => [.. model.ItemVectors.Slice(item * 8, 8).ToArray().Select(x => (double)x)];
        var plain = MetapathGraphModel.Fit(graph, options with { ContentNodes = false }, 5);
        Numbers.AreClose(Vector(plain, 18), Vector(plain, 19), 1e-6);
        var with = MetapathGraphModel.Fit(graph, options, 5, content: ToyWorld.Content);
        Assert.True(Vector(with, 18).Zip(Vector(with, 19), (a, b) => Math.Abs(a - b)).Max() > 1e-2);
        float[] values = ToyWorld.Content.Items!.Values.ToArray();
        values.AsSpan(18 * 6, 6).CopyTo(values.AsSpan(19 * 6));
        var same = MetapathGraphModel.Fit(graph, options, 5, content: new() { Items = new(values, 6) });
        Numbers.AreClose(Vector(same, 18), Vector(same, 19), 1e-6);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(11)]
    public void FactorStart_AnyWidth_KeepsAnglesAsFarAsTheWidthAllows(int codebookWidth)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var vectors = Numbers.Random(3, 6, codebookWidth).@float();
        var start = FactorStart.Of(new(vectors.data<float>().ToArray(), codebookWidth), 8, 0.1, generator);
        Assert.Equal([6, 8], start.shape);
        Assert.True(start.requires_grad);
        Assert.Equal(0.1, Math.Sqrt(Numbers.Flat(start).Average(x => x * x)), 1e-5);
        double[] expected = Cosines(vectors), actual = Cosines(start);
        if (codebookWidth <= 8) Numbers.AreClose(expected, actual, 1e-5);
        else Assert.Contains(expected.Zip(actual), pair => Math.Abs(pair.First - pair.Second) > 1e-3);

        static double[] Cosines(Tensor rows)
        {
            var normalised = nn.functional.normalize(rows.detach(), dim: 1);
            return Numbers.Flat(normalised.mm(normalised.t()));
        }
    }

    [Fact]
    public void Fit_Codebooks_AreWhereFactorsStart()
    {
        var with = Fit(Content, ToyWorld.Content).Save();
        var other = Fit(Content, ToyWorld.Content with { UserFactors = new(ToyWorld.Content.UserFactors!.Values.ToArray().Reverse().ToArray(), 5) }).Save();
        Assert.NotEqual(with.Floats("weights.userPath.factors"), other.Floats("weights.userPath.factors"));
        Assert.Equal(with.Floats("weights.itemPath.factors"), other.Floats("weights.itemPath.factors"));
    }

    [Fact]
    public void Fit_ContentMissingOrOfOtherShape_SaysSo()
    {
        Assert.Contains("semantic vectors", Assert.Throws<ArgumentException>(() => Fit(Content, null)).Message, StringComparison.Ordinal);
        Assert.Contains("14 users", Assert.Throws<ArgumentException>(() => Fit(Content, new() { Users = new(new float[13 * 2], 2) })).Message, StringComparison.Ordinal);
        Assert.Contains("6 item factors", Assert.Throws<ArgumentException>(() => Fit(Content, ToyWorld.Content with { ItemFactors = new(new float[8], 2) })).Message, StringComparison.Ordinal);
        float[] values = new float[20 * 2];
        values[7] = float.NaN;
        Assert.Contains("row 3", Assert.Throws<ArgumentException>(() => Fit(Content, new() { Items = new(values, 2) })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ContentOfAnotherGraph_IsRefused()
    {
        var (saved, damaged) = (Fit(Content, ToyWorld.Content).Save(), new TensorDictionary());
        foreach (string name in saved.Names)
            if (name == "weights.itemContent.vectors") damaged.Add(name, new float[19 * 6], 19, 6);
            else try { damaged.Add(name, saved.Floats(name), [.. saved.ShapeOf(name)]); }
                catch (InvalidDataException) { damaged.Add(name, saved.Ints(name), [.. saved.ShapeOf(name)]); }
        Assert.Contains("20 items", Assert.Throws<InvalidDataException>(() => MetapathGraphModel.Load(damaged)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_OptionsThatExcludeEachOther_AreListed()
    {
        var error = Assert.Throws<ArgumentException>(() => Fit(new() { AttentionV2 = true, Pairwise = true, Gates = true, Literal = true, FactorLevels = 5 }, null));
        foreach (string name in new[] { "Pairwise", "FactorLevels", "Gates" }) Assert.Contains(name + ":", error.Message, StringComparison.Ordinal);
    }
}
