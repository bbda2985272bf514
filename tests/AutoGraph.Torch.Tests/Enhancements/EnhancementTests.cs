using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Features;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using AutoGraph.Core.Persistence;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Tests.Recommendation;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Enhancements;

public sealed class EnhancementTests
{
    private const Enhancement Everything = Enhancement.AutoGraph | Enhancement.Kar | Enhancement.Uist | Enhancement.LightGcn | Enhancement.Ccgnn | Enhancement.TopoI2I | Enhancement.HistoryField | Enhancement.Alignment;

    public static TheoryData<Enhancement> Each { get; } =
        [Enhancement.Uist, Enhancement.LightGcn, Enhancement.Ccgnn, Enhancement.TopoI2I, Enhancement.HistoryField, Enhancement.Alignment, Enhancement.AutoGraph | Enhancement.HistoryField, Everything];

    [Theory]
    [MemberData(nameof(Each))]
    public void Load_WrittenAndRead_ScoresKeepTheirBits(Enhancement enhancement)
    {
        var model = Train(ToyWorld.Table(ToyWorld.Rows), enhancement);
        using var stream = new MemoryStream();
        model.Save().Write(stream);
        stream.Position = 0;
        var loaded = TwoTowerRecommender.Load(TensorDictionary.Read(stream));
        Assert.Equal(Scores(model), Scores(loaded));
        Assert.Equal(ToyWorld.Bits(model.Save()), ToyWorld.Bits(loaded.Save()));
    }

    [Fact]
    public void Load_HeadsThatDoNotDivideTheWidthByDefault_ScoresKeepTheirBits()
    {
        var model = TwoTowerRecommender.Train(Data(ToyWorld.Table(ToyWorld.Rows)), ToyWorld.Options with { Enhancement = Enhancement.Ccgnn, Dimension = 9, GraphHeads = 3 }, 1);
        using var stream = new MemoryStream();
        model.Save().Write(stream);
        stream.Position = 0;
        Assert.Equal(Scores(model), Scores(TwoTowerRecommender.Load(TensorDictionary.Read(stream))));
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void Train_SameSeed_SameBitsAndOthersThanPlain(Enhancement enhancement)
    {
        var scores = Scores(Train(ToyWorld.Table(ToyWorld.Rows), enhancement));
        Assert.Equal(scores, Scores(Train(ToyWorld.Table(ToyWorld.Rows), enhancement)));
        Assert.NotEqual(scores, Scores(Train(ToyWorld.Table(ToyWorld.Rows), Enhancement.None)));
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void Train_PermutedHeldOutTargets_ChangeNoWeight(Enhancement enhancement)
    {
        var table = ToyWorld.Table(ToyWorld.Rows);
        var split = LeaveOneOut.Split(table, 2);
        int[] items = table.ItemOf.ToArray(), held = [.. split.Test, .. split.Validation];
        for (int i = 0; i < held.Length; i++) items[held[i]] = table.ItemOf[held[(i + 1) % held.Length]];
        var permuted = new InteractionTable(table.Users, table.Items, table.UserOf.ToArray(), items, table.TimeOf.ToArray());
        Assert.Equal(ToyWorld.Bits(Train(table.Select([.. split.Train]), enhancement).Save()), ToyWorld.Bits(Train(permuted.Select([.. split.Train]), enhancement).Save()));
    }

    [Theory]
    [InlineData(Enhancement.HistoryField)]
    [InlineData(Enhancement.LightGcn)]
    [InlineData(Enhancement.Ccgnn)]
    [InlineData(Enhancement.TopoI2I)]
    public void Train_EarlyStopping_ResultKnowsAllInteractions(Enhancement enhancement)
    {
        var model = TwoTowerRecommender.Train(Data(ToyWorld.Table(ToyWorld.Rows)), ToyWorld.Options with { Enhancement = enhancement, EarlyStopping = true, Epochs = 3 }, 1);
        Assert.All(Scores(model), score => Assert.True(float.IsFinite(score)));
        Assert.NotNull(model.Report.Epochs[^1].ValidationNdcg);
    }

    [Fact]
    public void Uist_CodesOfAllLevels_AreCategories()
    {
        var fields = CodeFields.Of(ToyWorld.Codes(4, 1)).ToArray();
        Assert.Equal(2, fields.Length);
        for (int level = 0; level < 2; level++)
        {
            var field = Assert.IsType<CategoricalField>(fields[level]);
            Assert.Equal(3, field.Cardinality);
            Assert.Equal(Enumerable.Range(0, 4).Select(row => ToyWorld.Codes(4, 1).Row(row)[level]), field.Ids);
        }
    }

    [Fact]
    public void HistoryField_Step_IsTheMeanOfTheLatestItems()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var enhancer = new HistoryFieldEnhancer(EachByOneUser(ToyWorld.Items), ToyWorld.Options with { HistoryLength = 2 }, generator);
        var table = Numbers.Matrix(enhancer.parameters().Single());
        var random = new RandomStream(1);
        var rows = new TrainingRows([0, 1], [5, 6], [3, 0], new([0, 3, 3], [7, 8, 9]));
        var expected = new double[2, 8];
        for (int d = 0; d < 8; d++) expected[0, d] = (table[8, d] + table[9, d]) / 2;
        Numbers.AreClose(expected, enhancer.Step(rows, 0, ref random).Users!, 1e-6);
        using var _ = no_grad();
        Numbers.AreClose(expected, enhancer.Infer().Users!.Of([0, 1], rows.Earlier), 1e-6);
    }

    [Fact]
    public void HistoryField_NewAndUntrainedItems_ReadAsTheMeanOfTheOthers()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var enhancer = new HistoryFieldEnhancer(Adjacency.FromEdges(4, 1, [0, 2, 3], [0, 0, 0]), ToyWorld.Options, generator);      // nobody had item 1
        var table = Numbers.Matrix(enhancer.parameters().Single());
        var random = new RandomStream(1);
        var rows = new TrainingRows([0], [0], [0], new([0, 2], [1, 3])) { NewItems = [false, false, true, true] };
        var (step, inferred) = (new double[1, 8], new double[1, 8]);
        for (int d = 0; d < 8; d++)
        {
            step[0, d] = (table[1, d] + (table[0, d] + table[1, d]) / 2) / 2;                                  // 2 and 3 stand as new
            inferred[0, d] = ((table[0, d] + table[2, d] + table[3, d]) / 3 + table[3, d]) / 2;
        }
        Numbers.AreClose(step, enhancer.Step(rows, 0, ref random).Users!, 1e-6);
        using var _ = no_grad();
        Numbers.AreClose(inferred, enhancer.Infer().Users!.Of([0], rows.Earlier), 1e-6);
        var joined = new double[1, 8];
        for (int d = 0; d < 8; d++) joined[0, d] = (table[0, d] + table[2, d] + table[3, d]) / 3;
        Numbers.AreClose(joined, enhancer.Infer().Users!.ItemRow(-1, null), 1e-6);
    }

    private static Adjacency EachByOneUser(int items) => Adjacency.FromEdges(items, 1, [.. Enumerable.Range(0, items)], new int[items]);

    [Fact]
    public void TopoI2I_OneNeighbor_MovesOnlyItsItem()
    {
        using var scope = NewDisposeScope();
        var with = Vectors([[3], [], [], []]);
        var without = Vectors([[], [], [], []]);
        Assert.NotEqual(with[..8], without[..8]);
        Assert.Equal(with[8..], without[8..]);

        static double[] Vectors(int[][] neighbors)
        {
            using var generator = new Generator(1, CPU);
            var enhancer = ItemGraphEnhancer.Neighbors(Adjacency.FromEdges(4, 1, [0, 1, 2, 3], [0, 0, 0, 0]),
                Adjacency.FromEdges(4, 4, [.. neighbors.SelectMany((row, i) => row.Select(_ => i))], [.. neighbors.SelectMany(row => row)]), ToyWorld.Options, generator);
            using var _ = no_grad();
            enhancer.eval();
            return Numbers.Flat(enhancer.Infer().Items!);
        }
    }

    [Fact]
    public void Ccgnn_SharedPhrase_JoinsTwoItems()
    {
        using var scope = NewDisposeScope();
        var joined = Vectors([[0], [0], [1], []]);
        var apart = Vectors([[0], [2], [1], []]);
        Assert.NotEqual(joined[..8], apart[..8]);               // its factor has another member now
        Assert.Equal(joined[16..24], apart[16..24]);
        Assert.Equal(joined[24..], apart[24..]);

        static double[] Vectors(int[][] phrases)
        {
            using var generator = new Generator(1, CPU);
            var enhancer = ItemGraphEnhancer.Phrases(Adjacency.FromEdges(4, 1, [0, 1, 2, 3], [0, 0, 0, 0]),
                Adjacency.FromEdges(4, 3, [.. phrases.SelectMany((row, i) => row.Select(_ => i))], [.. phrases.SelectMany(row => row)]), [], ToyWorld.Options, generator);
            using var _ = no_grad();
            enhancer.eval();
            return Numbers.Flat(enhancer.Infer().Items!);
        }
    }

    [Theory]
    [InlineData(Enhancement.Ccgnn)]
    [InlineData(Enhancement.TopoI2I)]
    public void Train_LayersAndDropout_ChangeTheResultAndFollowTheSeed(Enhancement enhancement)
    {
        float[] scores(int layers, double dropout) => Scores(TwoTowerRecommender.Train(Data(ToyWorld.Table(ToyWorld.Rows)), ToyWorld.Options with { Enhancement = enhancement, GraphLayers = layers, GraphDropout = dropout }, 3));
        var plain = scores(1, 0);
        Assert.NotEqual(plain, scores(2, 0));
        Assert.NotEqual(plain, scores(1, 0.3));
        Assert.Equal(scores(2, 0.3), scores(2, 0.3));
    }

    [Fact]
    public void TopoI2I_TwoLayers_ReachTheNeighborsOfNeighbors()
    {
        using var scope = NewDisposeScope();
        // item 0 reads 1, and 1 reads 2: what 2 reads itself does not reach 0, that 1 reads 2 does, in two rounds alone
        Assert.Equal(Vector(1, [[1], [2], [], []]), Vector(1, [[1], [], [], []]));
        Assert.NotEqual(Vector(2, [[1], [2], [], []]), Vector(2, [[1], [], [], []]));
        Assert.Equal(Vector(2, [[1], [2], [3], []]), Vector(2, [[1], [2], [], []]));

        static double[] Vector(int layers, int[][] neighbors)
        {
            using var generator = new Generator(1, CPU);
            var enhancer = ItemGraphEnhancer.Neighbors(Adjacency.FromEdges(4, 1, [0, 1, 2, 3], [0, 0, 0, 0]),
                Adjacency.FromEdges(4, 4, [.. neighbors.SelectMany((row, i) => row.Select(_ => i))], [.. neighbors.SelectMany(row => row)]), ToyWorld.Options with { GraphLayers = layers }, generator);
            using var _ = no_grad();
            enhancer.eval();
            return Numbers.Flat(enhancer.Infer().Items!)[..8];
        }
    }

    [Fact]
    public void Train_WhatAnEnhancementNeedsIsMissing_SaysSo()
    {
        var data = Data(ToyWorld.Table(ToyWorld.Rows));
        Throws("ItemPhrases", data with { ItemPhrases = null }, Enhancement.Ccgnn);
        Throws("ItemNeighbors", data with { ItemNeighbors = null }, Enhancement.TopoI2I);
        Throws("expected a graph", data with { Graph = null }, Enhancement.Uist);
        Throws("found 1", data with { ItemPhrases = Adjacency.FromEdges(1, 1, [], []) }, Enhancement.Ccgnn);
        Throws("found 3", data with { ItemNeighbors = Adjacency.FromEdges(ToyWorld.Items, 3, [], []) }, Enhancement.TopoI2I);
        Throws("either", data, Enhancement.AutoGraph | Enhancement.FrozenVectors);
        Throws("GraphHeads", data, Enhancement.Ccgnn, ToyWorld.Options with { GraphHeads = 3 });
        Throws("GraphLayers", data, Enhancement.Ccgnn, ToyWorld.Options with { GraphLayers = 4 });
        Throws("GraphDropout", data, Enhancement.Ccgnn, ToyWorld.Options with { GraphDropout = 1 });
        Throws("named", data, (Enhancement)1024);

        static void Throws(string expected, RecommenderData data, Enhancement enhancement, RecommenderOptions? options = null) => Assert.Contains(expected,
            Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(data, (options ?? ToyWorld.Options) with { Enhancement = enhancement }, 1)).Message, StringComparison.OrdinalIgnoreCase);
    }

    internal static RecommenderData Data(InteractionTable train)
    {
        var data = ToyWorld.Data(train);
        var random = new Random(7);
        var content = SemanticField.Scaled("Semantics", [.. Enumerable.Range(0, ToyWorld.Items * 4).Select(_ => random.NextSingle())], 4);
        int[] items = [.. Enumerable.Range(0, ToyWorld.Items)];
        return data with
        {
            ItemFeatures = new(ToyWorld.Items, [.. data.ItemFeatures.Fields, content]),
            ItemPhrases = Adjacency.FromEdges(ToyWorld.Items, 5, items, [.. items.Select(i => i % 5)]),
            ItemNeighbors = Adjacency.FromEdges(ToyWorld.Items, ToyWorld.Items, items, [.. items.Select(i => (i + 3) % ToyWorld.Items)]),
        };
    }

    private static TwoTowerRecommender Train(InteractionTable train, Enhancement enhancement) =>
        TwoTowerRecommender.Train(Data(train), ToyWorld.Options with { Enhancement = enhancement }, 3);

    private static float[] Scores(TwoTowerRecommender model)
    {
        var scores = new float[4 * ToyWorld.Items];
        model.Score(new RankingQueries([0, 5, -1, 2], [0, 0, 0, 0], [0, 3, 4, 6, 6], [1, 2, 3, 4, 5, 6]), 0, 4, scores);
        return scores;
    }
}
