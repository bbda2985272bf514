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

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Propagate_EveryParameterOfAllOptions_GradientsEqualFiniteDifferences(bool attentionV2, bool pairwise)
    {
        using var scope = NewDisposeScope();
        using var attention = TinyGraph.Attention(TinyGraph.Options with { AttentionV2 = attentionV2, Pairwise = pairwise, ContentNodes = true, Gates = true });
        Numbers.CheckGradients(() =>
        {
            using var step = NewDisposeScope();
            var (u, i) = attention.Propagate(Full);
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
    [InlineData(false, 0, 1)]
    [InlineData(true, 0, 1)]
    [InlineData(false, 2, 3)]
    [InlineData(true, 2, 3)]
    public void Propagate_HiddenPair_SameBitsAsWithoutIt(bool literal, int user, int item)
    {
        using var scope = NewDisposeScope();
        using var attention = TinyGraph.Attention(literal: literal).to(ScalarType.Float32);
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
            EdgeList.From(Core.Graphs.Csr.FromEdges(targets, sources, pairs.Select(p => p.Target).ToArray(), pairs.Select(p => p.Source).ToArray()));
    }

    [Fact]
    public void Propagate_DroppedNode_ReadsTheUnknownNode()
    {
        using var scope = NewDisposeScope();
        using var attention = TinyGraph.Attention();
        var dropped = attention.Propagate(Full, new NodeDrop(Mask(4, 1), Mask(5, 2)));
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
