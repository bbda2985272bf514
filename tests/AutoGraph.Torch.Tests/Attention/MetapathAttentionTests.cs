using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Tests.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Attention;

public sealed class MetapathAttentionTests
{
    private static readonly MetapathEdges Full = MetapathEdges.Full(TinyGraph.Graph);

    [Theory]
    [InlineData(Metapaths.All, false)]
    [InlineData(Metapaths.All, true)]
    [InlineData(Metapaths.UserSemantic | Metapaths.ItemSemantic, false)]
    [InlineData(Metapaths.UserSemantic | Metapaths.ItemSemantic, true)]
    [InlineData(Metapaths.UserSemantic | Metapaths.Interaction, false)]
    [InlineData(Metapaths.ItemSemantic | Metapaths.Interaction, true)]
    [InlineData(Metapaths.Interaction, false)]
    [InlineData(Metapaths.Interaction, true)]
    [InlineData(Metapaths.ItemSemantic, false)]
    public void Propagate_EachAblation_EqualsDenseReference(Metapaths paths, bool literal)
    {
        using var scope = NewDisposeScope();
        using var attention = TinyGraph.Attention(paths, literal);
        attention.eval();
        var (users, items) = attention.Propagate(Full);
        var expected = new DenseMetapath(attention).Propagate(TinyGraph.Rows, TinyGraph.UserCodes, TinyGraph.ItemCodes, TinyGraph.CodebookSize, literal);
        Numbers.AreClose(expected.Users, users, 1e-12);
        Numbers.AreClose(expected.Items, items, 1e-12);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Propagate_EveryParameter_GradientsEqualFiniteDifferences(bool literal)
    {
        using var scope = NewDisposeScope();
        using var attention = TinyGraph.Attention(literal: literal);
        Numbers.CheckGradients(() =>
        {
            using var step = NewDisposeScope();
            var (u, i) = attention.Propagate(Full);
            return (u.square().sum() + i.sin().sum()).MoveToOuterDisposeScope();
        }, [.. attention.parameters()]);
    }

    public static TheoryData<bool, bool, bool, bool, bool> Options { get; } = new()
    {
        { true, false, false, false, false }, { true, false, false, false, true }, { false, true, false, false, false }, { false, true, false, false, true },
        { false, false, true, false, false }, { false, false, false, true, false }, { true, false, true, true, false }, { false, true, true, true, false }, { false, true, true, false, true },
    };

    [Theory]
    [MemberData(nameof(Options))]
    public void Propagate_EachOption_EqualsDenseReference(bool attentionV2, bool pairwise, bool contentNodes, bool gates, bool literal)
    {
        using var scope = NewDisposeScope();
        using var attention = TinyGraph.Attention(TinyGraph.Options with { AttentionV2 = attentionV2, Pairwise = pairwise, ContentNodes = contentNodes, Gates = gates, Literal = literal });
        attention.eval();
        var (users, items) = attention.Propagate(Full);
        var expected = new DenseMetapath(attention).Propagate(TinyGraph.Rows, TinyGraph.UserCodes, TinyGraph.ItemCodes, TinyGraph.CodebookSize, literal);
        Numbers.AreClose(expected.Users, users, 1e-12);
        Numbers.AreClose(expected.Items, items, 1e-12);
    }

    /// <summary>All rounds of all nodes, and of rows that know other items, as training and inference read them.</summary>
    [Theory]
    [InlineData(1, false, false, false)]
    [InlineData(2, false, false, false)]
    [InlineData(3, false, false, false)]
    [InlineData(2, true, false, false)]
    [InlineData(3, true, true, false)]
    [InlineData(2, false, true, false)]
    [InlineData(3, false, false, true)]
    public void PropagateAndUsers_EachRound_EqualDenseReference(int layers, bool literal, bool attentionV2, bool pairwise)
    {
        using var scope = NewDisposeScope();
        using var attention = TinyGraph.Attention(TinyGraph.Options with
        {
            Layers = layers,
            Literal = literal,
            AttentionV2 = attentionV2,
            Pairwise = pairwise,
            Gates = !literal,
            UserNeighbors = UserNeighbors.Latest,
            NeighborSample = 4,
        });
        attention.eval();
        var dense = new DenseMetapath(attention);
        var (users, items) = attention.Propagate(Full);
        var expected = dense.Propagate(TinyGraph.Rows, TinyGraph.UserCodes, TinyGraph.ItemCodes, TinyGraph.CodebookSize, literal);
        Numbers.AreClose(expected.Users, users, 1e-12);
        Numbers.AreClose(expected.Items, items, 1e-12);

        int[] rows = [0, 3, 0, 2];
        int[][] histories = [[4, 1], [2, 2, 0, 3], [], [1]];
        var random = default(RandomStream);
        var states = attention.States(Full, null, ref random);
        Assert.Equal(layers, states.Count);
        Numbers.AreClose(dense.Rows(rows, histories, literal), attention.Users(states, EdgeList.Rows(rows, 4), new EdgeList(4, 5, [0, 2, 6, 6, 7], [.. histories.SelectMany(h => h)]), ref random), 1e-12);
    }

    [Theory]
    [InlineData(1, false, 0)]
    [InlineData(2, false, 0)]
    [InlineData(3, true, 0)]
    [InlineData(2, false, 0.3)]
    [InlineData(3, true, 0.3)]
    public void PropagateAndUsers_EveryParameterOfEveryRound_GradientsEqualFiniteDifferences(int layers, bool literal, double dropout)
    {
        using var scope = NewDisposeScope();
        using var attention = TinyGraph.Attention(TinyGraph.Options with { Layers = layers, Literal = literal, Dropout = dropout, UserNeighbors = UserNeighbors.Latest, NeighborSample = 4 });
        int[] rows = [0, 3, 2];
        var histories = new EdgeList(3, 5, [0, 2, 2, 6], [4, 1, 0, 3, 2, 3]);
        var gradients = Numbers.Gradients(Loss, [.. attention.parameters()]);
        Assert.All(attention.named_parameters().Zip(gradients).Where(pair => !pair.First.name.EndsWith("unknown", StringComparison.Ordinal)), pair => Assert.Contains(pair.Second, value => value != 0));
        Numbers.CheckGradients(Loss, [.. attention.parameters()]);

        Tensor Loss()
        {
            using var step = NewDisposeScope();
            var random = new RandomStream(6);
            var states = attention.States(Full, null, ref random);
            Tensor known = attention.Users(states, EdgeList.Rows(rows, 4), histories, ref random), i = attention.Items(states, Full.UsersToItems, ref random);
            return (known.square().sum() + i.sin().sum()).MoveToOuterDisposeScope();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Propagate_Dropout_FollowsTheSeedInTrainingAndIsOffInInference(bool pairwise)
    {
        using var scope = NewDisposeScope();
        var options = TinyGraph.Options with { Layers = 2, Pairwise = pairwise };
        using var attention = TinyGraph.Attention(options with { Dropout = 0.4 });
        using var plain = TinyGraph.Attention(options);
        Assert.Equal(Pass(attention, 1), Pass(attention, 1));
        Assert.NotEqual(Pass(attention, 1), Pass(attention, 2));
        Assert.NotEqual(Pass(plain, 1), Pass(attention, 1));
        attention.eval();
        plain.eval();
        RandomStream random = new(3), untouched = new(3);
        Assert.Equal(Pass(plain, 1), Numbers.Flat(attention.Propagate(Full, null, ref random).Users));
        Assert.Equal(untouched.NextBits(), random.NextBits());

        static double[] Pass(MetapathAttention attention, ulong seed)
        {
            var random = new RandomStream(seed);
            return Numbers.Flat(attention.Propagate(Full, null, ref random).Users);
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Propagate_EveryParameterOfAllOptions_GradientsEqualFiniteDifferences(bool attentionV2, bool pairwise)
    {
        using var scope = NewDisposeScope();
        using var attention = TinyGraph.Attention(TinyGraph.Options with { AttentionV2 = attentionV2, Pairwise = pairwise, ContentNodes = true, Gates = true, Layers = 2, Dropout = 0.2 });
        Numbers.CheckGradients(() =>
        {
            using var step = NewDisposeScope();
            var random = new RandomStream(2);
            var (u, i) = attention.Propagate(Full, null, ref random);
            return (u.square().sum() + i.sin().sum()).MoveToOuterDisposeScope();
        }, [.. attention.parameters()]);
    }

    [Fact]
    public void Propagate_GatesAtTheStart_LeaveTheSelfTermsAlone()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        using var attention = new MetapathAttention(TinyGraph.Graph, TinyGraph.Options with { Gates = true }, generator);
        attention.eval();
        var weights = attention.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        var self = Scalars.Elu(weights["users.nodes"][..3].matmul(weights["userPath.self"].t())).matmul(weights["itemsToUsers.self"].t());
        Numbers.AreClose(Numbers.Flat(self), Numbers.Flat(attention.Propagate(Full).Users[..3]), 1e-6);
    }

    [Theory]
    [InlineData(Metapaths.None, true, true)]
    [InlineData(Metapaths.UserSemantic, false, true)]
    [InlineData(Metapaths.ItemSemantic, true, false)]
    public void Propagate_PathsOff_GivesTheNodeEmbeddingsThemselves(Metapaths paths, bool plainUsers, bool plainItems)
    {
        using var scope = NewDisposeScope();
        using var attention = TinyGraph.Attention(paths);
        attention.eval();
        var (users, items) = attention.Propagate(Full);
        var weights = attention.named_parameters().ToDictionary(p => p.name, p => Numbers.Flat(p.parameter));
        double[] e = [.. weights["users.nodes"][..12], .. weights["users.unknown"]];      // the last of each has no interaction: it stands as unknown
        Assert.Equal(plainUsers, e.SequenceEqual(Numbers.Flat(users)));
        e = [.. weights["items.nodes"][..16], .. weights["items.unknown"]];
        Assert.Equal(plainItems, e.SequenceEqual(Numbers.Flat(items)));
    }

    [Fact]
    public void Propagate_LiteralWithoutNeighbours_KeepsTheSemanticOutputExactly()
    {
        using var scope = NewDisposeScope();
        using var attention = TinyGraph.Attention(literal: true);
        using var semantic = TinyGraph.Attention(Metapaths.UserSemantic | Metapaths.ItemSemantic, literal: true);     // weights are drawn by name: the same
        var (whole, alone) = (attention.Propagate(Full), semantic.Propagate(Full));
        Assert.Equal(Numbers.Flat(alone.Users[3]), Numbers.Flat(whole.Users[3]));
        Assert.Equal(Numbers.Flat(alone.Items[4]), Numbers.Flat(whole.Items[4]));
        Assert.NotEqual(Numbers.Flat(alone.Users[0]), Numbers.Flat(whole.Users[0]));
    }

    /// <summary>The guard with and without self terms, for a node with other edges and for one that keeps none.</summary>
    [Theory]
    [InlineData(1, false, 0, 1)]
    [InlineData(1, true, 0, 1)]
    [InlineData(1, false, 2, 3)]
    [InlineData(1, true, 2, 3)]
    [InlineData(2, false, 0, 1)]
    [InlineData(2, true, 2, 3)]
    [InlineData(3, false, 2, 3)]
    [InlineData(3, true, 0, 1)]
    public void Propagate_HiddenPair_SameBitsAsWithoutIt(int layers, bool literal, int user, int item)
    {
        using var scope = NewDisposeScope();
        using var attention = TinyGraph.Attention(TinyGraph.Options with { Literal = literal, Layers = layers }).to(ScalarType.Float32);
        var edges = MetapathEdges.Full(TinyGraph.Graph);
        var without = edges.WithInteractions(
            Edges(4, 5, TinyGraph.Rows.Where(r => r != (user, item)).Select(r => (r.User, r.Item))), Edges(5, 4, TinyGraph.Rows.Where(r => r != (user, item)).Select(r => (r.Item, r.User))));
        var full = attention.Propagate(edges);
        var expected = attention.Propagate(without);
        using (edges.Hide([user], [item]))
        {
            var hidden = attention.Propagate(edges);
            Assert.Equal(Numbers.Bits(expected.Users), Numbers.Bits(hidden.Users));
            Assert.Equal(Numbers.Bits(expected.Items), Numbers.Bits(hidden.Items));
        }
        Assert.NotEqual(Numbers.Bits(expected.Users), Numbers.Bits(full.Users));
        Assert.Equal(Numbers.Bits(full.Items), Numbers.Bits(attention.Propagate(edges).Items));

        static EdgeList Edges(int targets, int sources, IEnumerable<(int Target, int Source)> pairs) =>
            EdgeList.From(Core.Graphs.Adjacency.FromEdges(targets, sources, pairs.Select(p => p.Target).ToArray(), pairs.Select(p => p.Source).ToArray()));
    }

    [Fact]
    public void Propagate_DroppedNode_ReadsTheUnknownNode()
    {
        using var scope = NewDisposeScope();
        using var attention = TinyGraph.Attention();
        var random = default(RandomStream);
        var dropped = attention.Propagate(Full, new NodeDrop(Mask(4, 1), Mask(5, 2)), ref random);
        using (no_grad())
        {
            var weights = attention.named_parameters().ToDictionary(p => p.name, p => p.parameter);
            weights["users.nodes"][1] = weights["users.unknown"][0];
            weights["items.nodes"][2] = weights["items.unknown"][0];
        }
        var expected = attention.Propagate(Full);
        Numbers.AreClose(Numbers.Flat(expected.Users), Numbers.Flat(dropped.Users), 1e-14);
        Numbers.AreClose(Numbers.Flat(expected.Items), Numbers.Flat(dropped.Items), 1e-14);

        static Tensor Mask(int count, int place) => tensor(Enumerable.Range(0, count).Select(n => n == place ? 1f : 0f).ToArray(), count, 1);
    }
}
