using AutoGraph.Core.Interactions;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Recommendation;

/// <summary><see cref="UserNeighbors.Latest"/>: a user's graph vector reads the latest items before the row, and nothing else of what the user did.</summary>
public sealed class LatestHistoryTests
{
    private static readonly MetapathGraphOptions Options = ToyWorld.GraphOptions with { NeighborSample = 3 };

    private static readonly Core.Graphs.FactorGraph Graph = ToyWorld.Graph(ToyWorld.Rows);

    [Fact]
    public void Step_EarlierItems_OnlyTheLatestOfThemCount()
    {
        using var scope = NewDisposeScope();
        var enhancer = Enhancer();
        var of = Step(enhancer, [[1, 2, 3], [9, 8, 1, 2, 3], [2, 1, 3], []]);
        Assert.Equal(of[0], of[1]);
        Assert.NotEqual(of[0], of[2]);              // the order counts
        Assert.NotEqual(of[0], of[3]);
    }

    [Fact]
    public void Infer_TwoLayersAndSameHistory_IsTheVectorOfTheStep()
    {
        using var scope = NewDisposeScope();
        var enhancer = Enhancer(Options with { Layers = 2, NeighborSample = 20, Dropout = 0.2 });
        int[][] histories = [[1, 2, 3], [9, 8, 1, 2, 3], [4], []];
        enhancer.eval();
        var expected = Step(enhancer, histories);
        using var _ = no_grad();
        var found = Rows(enhancer.Infer().Users!.Of([.. Enumerable.Repeat(4, histories.Length)], Sequences(histories)));
        for (int row = 0; row < found.Length; row++) Numbers.AreClose(expected[row], found[row], 1e-6);
        Assert.True(expected[0].Zip(expected[1], (a, b) => Math.Abs(a - b)).Max() > 1e-3);
    }

    [Fact]
    public void Infer_SameHistory_IsTheVectorOfTheStep()
    {
        using var scope = NewDisposeScope();
        var enhancer = Enhancer();
        int[][] histories = [[1, 2, 3], [9, 8, 1, 2, 3], [4], []];
        var expected = Step(enhancer, histories);
        enhancer.eval();
        using var _ = no_grad();
        var users = enhancer.Infer().Users!;
        Assert.Equal(expected, Rows(users.Of([.. Enumerable.Repeat(4, histories.Length)], Sequences(histories))));
    }

    [Fact]
    public void Of_UnknownUsers_HaveTheMeanStateAndTheirOwnHistory()
    {
        using var scope = NewDisposeScope();
        var enhancer = Enhancer();
        enhancer.eval();
        using var _ = no_grad();
        var users = enhancer.Infer().Users!;
        var of = Rows(users.Of([ToyWorld.Users, ToyWorld.Users], Sequences([[1, 2], [5, 6]])));
        Assert.NotEqual(of[0], of[1]);
        Assert.All(of.SelectMany(row => row), value => Assert.True(double.IsFinite(value)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Infer_StoredAndLoaded_GivesTheSameBits(int layers)
    {
        using var scope = NewDisposeScope();
        var enhancer = Enhancer(Options with { Layers = layers });
        enhancer.eval();
        using var _ = no_grad();
        var users = enhancer.Infer().Users!;
        var stored = new Core.Persistence.TensorDictionary();
        users.Save(stored, "users/");
        Assert.Equal(layers == 1 ? [1, 15, 20, 8, 2, 0, 3, 3] : [1, 15, 20, 8, 2, 0, 3, 3, layers], stored.Ints("users/shape", -1));     // of one layer as in files of earlier versions
        var loaded = UserVectors.Load(stored, "users/");
        Assert.Equal(users.Width, loaded.Width);
        var sequences = Sequences([[1, 2, 3, 4], [], [7]]);
        Assert.Equal(Numbers.Bits(users.Of([0, 3, ToyWorld.Users], sequences)), Numbers.Bits(loaded.Of([0, 3, ToyWorld.Users], sequences)));
    }

    [Fact]
    public void Load_UnknownKind_IsRefused()
    {
        var stored = new Core.Persistence.TensorDictionary();
        stored.Add("users/shape", [7, 1, 1], 3);
        Assert.Contains("users/shape", Assert.Throws<InvalidDataException>(() => UserVectors.Load(stored, "users/")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Step_InteractionsAfterTheRow_ReachNoUserOfThatRow(int layers)
    {
        using var scope = NewDisposeScope();
        var options = Options with { Layers = layers, NeighborSample = 20 };
        int[] own = [.. ToyWorld.Rows.Where(row => row.User == 4).Select(row => row.Item)], others = [.. Enumerable.Range(0, ToyWorld.Items).Except(own)];
        int[][] earlier = [own[..3], own[..5]];         // items that have user 4 as a neighbour: what it does later is two steps away
        // what a user does later changes the graph, but neither its semantic state nor the row: the vector of the row stays
        var (users, items) = Vectors(ToyWorld.Graph(ToyWorld.Rows));
        var (usersLater, itemsLater) = Vectors(ToyWorld.Graph([.. ToyWorld.Rows, (4, others[1]), (4, others[2])]));
        Assert.Equal(users, usersLater);
        Assert.NotEqual(items[others[1]], itemsLater[others[1]]);
        if (layers < 3) Assert.All(own[..3], item => Assert.Equal(items[item], itemsLater[item]));          // nor, through the backbone, what the row reads of its items
        if (layers > 1) Assert.Contains(own[..3], item => !items[item].SequenceEqual(Infer(ToyWorld.Graph(ToyWorld.Rows))[item]));     // in inference they know the user's later items

        (double[][], double[][]) Vectors(Core.Graphs.FactorGraph graph)
        {
            var enhancer = Enhancer(options, graph);
            var random = new RandomStream(5);
            var (u, i) = enhancer.Step(new TrainingRows([4, 4], [others[0], others[0]], [3, 5], Sequences(earlier)), 0, ref random);
            return (Rows(u!), Rows(i!));
        }

        double[][] Infer(Core.Graphs.FactorGraph graph)
        {
            var enhancer = Enhancer(options, graph);
            enhancer.eval();
            return Rows(enhancer.Infer().Items!);
        }
    }

    [Fact]
    public void Infer_WithoutInteractionPaths_UserVectorsAreSemanticStates()
    {
        using var scope = NewDisposeScope();
        var enhancer = Enhancer(Options with { Metapaths = Metapaths.UserSemantic, Layers = 2 });
        enhancer.eval();
        using var _ = no_grad();
        var of = Rows(enhancer.Infer().Users!.Of([3, 3, 4], Sequences([[1, 2], [], [1, 2]])));
        Assert.Equal(of[0], of[1]);
        Assert.NotEqual(of[0], of[2]);
    }

    [Fact]
    public void EnhancedHistory_GradientsOfTheAddedFields_EqualFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        var table = ToyWorld.Table(ToyWorld.Rows);
        var options = ToyWorld.Options with { UnknownRate = 0, Dropout = 0 };
        using var model = new TwoTowerModel(TrainedFeatures.Of(ToyWorld.UserFeatures(), table.UserOf), TrainedFeatures.Of(ToyWorld.ItemFeatures(), table.ItemOf), new([], [8]), options, generator);
        foreach (var parameter in model.parameters()) { using var _ = no_grad(); if (parameter.abs().sum().item<float>() == 0) parameter.copy_(randn(parameter.shape, generator: generator) * 0.3); }
        var vectors = randn(ToyWorld.Items, 8, generator: generator);
        var histories = Sequences([[1, 2, 3], [4], []]).Latest(ToyWorld.Items + 1, 5);
        var weight = model.named_parameters().Single(p => p.name == "historyFields").parameter;
        Loss().backward();
        var gradient = Numbers.Flat(weight.grad!);
        for (int i = 0; i < 8; i++)
        {
            double Shifted(float by)
            {
                using var _ = no_grad();
                weight.view(-1)[i * 9] += by;
                double loss = Loss().item<float>();
                weight.view(-1)[i * 9] -= by;
                return loss;
            }
            Assert.Equal((Shifted(1e-2f) - Shifted(-1e-2f)) / 2e-2, gradient[i * 9], 2e-2 * (1 + Math.Abs(gradient[i * 9])));
        }
        Assert.Contains(gradient, value => Math.Abs(value) > 1e-3);

        Tensor Loss()
        {
            var random = default(RandomStream);
            var (items, read) = model.Items(vectors, 0, ref random);
            Assert.Equal(Numbers.Bits(read[ToyWorld.Items]), Numbers.Bits(model.named_parameters().Single(p => p.name == "itemFields.tables.0").parameter[ToyWorld.Items]));   // "unknown" brings no fields
            return (model.Users([0, 1, 2], histories, read, null, 0, ref random) * items[..3]).sum();
        }
    }

    private static GraphEnhancer Enhancer(MetapathGraphOptions? options = null, Core.Graphs.FactorGraph? graph = null)
    {
        var enhancer = new GraphEnhancer(Attention(graph ?? Graph, options ?? Options), graph ?? Graph, options ?? Options, 1);
        enhancer.BeginEpoch(1);
        return enhancer;
    }

    private static MetapathAttention Attention(Core.Graphs.FactorGraph graph, MetapathGraphOptions options)
    {
        using var generator = new Generator(1, CPU);
        var attention = new MetapathAttention(graph, options, generator);
        using var _ = no_grad();
        foreach (var (name, parameter) in attention.named_parameters())
            if (name.EndsWith(".ages", StringComparison.Ordinal)) parameter.copy_(randn(parameter.shape, generator: generator));
        return attention;
    }

    /// <summary>Vectors of user 4 in a step whose rows know these items; the positives are of another user.</summary>
    private static double[][] Step(GraphEnhancer enhancer, int[][] earlier)
    {
        var random = new RandomStream(5);
        return Rows(enhancer.Step(new TrainingRows([.. Enumerable.Repeat(4, earlier.Length)], [.. Enumerable.Repeat(0, earlier.Length)], [.. earlier.Select(row => row.Length)], Sequences(earlier)), 0, ref random).Users!);
    }

    private static ItemSequences Sequences(int[][] rows)
    {
        int end = 0;
        return new([0, .. rows.Select(row => end += row.Length)], [.. rows.SelectMany(row => row)]);
    }

    private static double[][] Rows(Tensor matrix) => [.. Enumerable.Range(0, (int)matrix.shape[0]).Select(row => Numbers.Flat(matrix[row]))];
}
