using AutoGraph.Core.Interactions;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Recommendation;

/// <summary>Method §5, "Guard": a step's own positives never reach its loss through the graph.</summary>
public sealed class GuardTests
{
    private static readonly MetapathGraphOptions Wide = ToyWorld.GraphOptions with { NeighborSample = 1000, UserNeighbors = UserNeighbors.Sampled };     // sampling does not bind

    [Theory]
    [InlineData(0.0, UserNeighbors.Sampled)]
    [InlineData(0.1, UserNeighbors.Sampled)]
    [InlineData(0.1, UserNeighbors.Latest)]
    public void RecommenderStep_EdgeOfTheBatchRemovedFromTheGraph_LossAndGradientsKeepTheirBits(double drop, UserNeighbors neighbors)
    {
        var (loss, gradients, batch) = RecommenderStep(ToyWorld.Rows, drop, neighbors);
        foreach (var pair in batch)
        {
            var without = RecommenderStep(ToyWorld.Rows.Where(row => row != pair), drop, neighbors);
            Assert.Equal(BitConverter.DoubleToInt64Bits(loss), BitConverter.DoubleToInt64Bits(without.Loss));
            Assert.Equal(gradients, without.Gradients);
        }
    }

    [Theory]
    [InlineData(true, false, UserNeighbors.Sampled)]
    [InlineData(true, false, UserNeighbors.Latest)]
    [InlineData(false, true, UserNeighbors.Sampled)]
    public void RecommenderStep_EveryFormOfTheGraph_EdgeOfTheBatchLeavesNoTrace(bool attentionV2, bool pairwise, UserNeighbors neighbors)
    {
        MetapathGraphOptions Form(MetapathGraphOptions options) => options with { AttentionV2 = attentionV2, Pairwise = pairwise, ContentNodes = true, Gates = true };
        var (loss, gradients, batch) = RecommenderStep(ToyWorld.Rows, 0.1, neighbors, Form);
        foreach (var pair in batch)
        {
            var without = RecommenderStep(ToyWorld.Rows.Where(row => row != pair), 0.1, neighbors, Form);
            Assert.Equal(BitConverter.DoubleToInt64Bits(loss), BitConverter.DoubleToInt64Bits(without.Loss));
            Assert.Equal(gradients, without.Gradients);
        }
        var other = ToyWorld.Rows.Where(row => batch.Any(pair => pair.User == row.User)).Except(batch).First();
        Assert.NotEqual(gradients, RecommenderStep(ToyWorld.Rows.Where(row => row != other), 0.1, neighbors, Form).Gradients);
    }

    [Theory]
    [InlineData(2, UserNeighbors.Sampled, false, 0.0)]
    [InlineData(3, UserNeighbors.Sampled, true, 0.3)]
    [InlineData(2, UserNeighbors.Latest, false, 0.3)]
    [InlineData(2, UserNeighbors.Latest, true, 0.0)]
    [InlineData(3, UserNeighbors.Latest, false, 0.0)]
    [InlineData(3, UserNeighbors.Latest, true, 0.3)]
    public void RecommenderStep_SeveralLayers_EdgeOfTheBatchLeavesNoTrace(int layers, UserNeighbors neighbors, bool literal, double dropout)
    {
        MetapathGraphOptions Form(MetapathGraphOptions options) => options with { Layers = layers, Literal = literal, Dropout = dropout };
        var (loss, gradients, batch) = RecommenderStep(ToyWorld.Rows, 0.1, neighbors, Form);
        foreach (var pair in batch)
        {
            var without = RecommenderStep(ToyWorld.Rows.Where(row => row != pair), 0.1, neighbors, Form);
            Assert.Equal(BitConverter.DoubleToInt64Bits(loss), BitConverter.DoubleToInt64Bits(without.Loss));
            Assert.Equal(gradients, without.Gradients);
        }
        Assert.Equal(gradients, RecommenderStep(ToyWorld.Rows.Except(batch), 0.1, neighbors, Form).Gradients);
        foreach (var other in ToyWorld.Rows.Where(row => batch.Any(pair => pair.User == row.User)).Except(batch).Take(8))
            Assert.NotEqual(gradients, RecommenderStep(ToyWorld.Rows.Where(row => row != other), 0.1, neighbors, Form).Gradients);
    }

    [Theory]
    [InlineData(1, UserNeighbors.Sampled)]
    [InlineData(3, UserNeighbors.Sampled)]
    [InlineData(3, UserNeighbors.Latest)]
    [InlineData(6, UserNeighbors.Sampled)]
    public void RecommenderStep_NodesHaveMoreNeighborsThanAreDrawn_EdgeOfTheBatchLeavesNoTrace(int sample, UserNeighbors neighbors)
    {
        MetapathGraphOptions Form(MetapathGraphOptions options) => options with { NeighborSample = sample };
        var (_, gradients, batch) = RecommenderStep(ToyWorld.Rows, 0.1, neighbors, Form);
        foreach (var pair in batch) Assert.Equal(gradients, RecommenderStep(ToyWorld.Rows.Where(row => row != pair), 0.1, neighbors, Form).Gradients);
        Assert.Equal(gradients, RecommenderStep(ToyWorld.Rows.Except(batch), 0.1, neighbors, Form).Gradients);
        var others = ToyWorld.Rows.Where(row => batch.Any(pair => pair.User == row.User)).Except(batch);
        Assert.Contains(others, other => gradients != RecommenderStep(ToyWorld.Rows.Where(row => row != other), 0.1, neighbors, Form).Gradients);
    }

    [Fact]
    public void RecommenderStep_AllEdgesOfTheBatchRemovedAtOnce_LossKeepsItsBits()
    {
        var (loss, _, batch) = RecommenderStep(ToyWorld.Rows, 0.1);
        Assert.Equal(loss, RecommenderStep(ToyWorld.Rows.Except(batch), 0.1).Loss);
    }

    [Fact]
    public void RecommenderStep_AnotherEdgeRemoved_StepChanges()
    {
        var (_, gradients, batch) = RecommenderStep(ToyWorld.Rows, 0);
        var others = ToyWorld.Rows.Where(row => batch.Any(pair => pair.User == row.User)).Except(batch).ToArray();
        Assert.True(others.Length > 20);
        foreach (var pair in others)
            Assert.NotEqual(gradients, RecommenderStep(ToyWorld.Rows.Where(row => row != pair), 0).Gradients);      // one edge of hundreds may move the loss by less than its last bit
    }

    [Fact]
    public void GraphStep_EdgeOfTheBatchAddedOrRemoved_LossKeepsItsBitsAndAnotherEdgeChangesIt()
    {
        (int User, int Item)[] batch = [.. ToyWorld.Rows.Where((_, i) => i % 9 == 4)];
        double loss = GraphStep(ToyWorld.Rows, batch);
        foreach (var pair in batch) Assert.Equal(loss, GraphStep(ToyWorld.Rows.Where(row => row != pair), batch));
        foreach (var pair in ToyWorld.Rows.Except(batch).Take(20)) Assert.NotEqual(loss, GraphStep(ToyWorld.Rows.Where(row => row != pair), batch));
    }

    [Fact]
    public void GraphPretraining_OneBatchOfAllEdges_LossIsThatOfAGraphWithoutInteractionMessages()
    {
        using var scope = NewDisposeScope();
        var options = Wide with { Epochs = 1, BatchSize = 100_000, UnknownRate = 0 };
        var graph = ToyWorld.Graph(ToyWorld.Rows);
        const int Seed = 9;
        double expected = WithoutMessages();
        double actual = new GraphPretraining(new GraphEnhancer(Attention(), graph, options, Seed), graph, options, Seed).Run();
        Assert.Equal(expected, actual);

        double WithoutMessages()
        {
            var random = RandomStream.For(Seed, "graph epoch", 1);
            int[] order = [.. Enumerable.Range(0, graph.Histories.Count)];
            random.Shuffle(order);
            int[] userOf = [.. Enumerable.Range(0, graph.UserCount).SelectMany(u => Enumerable.Repeat(u, graph.Histories.ItemsOf(u).Length))];
            int[] users = [.. order.Select(e => userOf[e])], positives = [.. order.Select(e => graph.Histories.Items[e])];
            var none = MetapathEdges.Full(graph).WithInteractions(
                new EdgeList(graph.UserCount, graph.ItemCount, new int[graph.UserCount + 1], []), new EdgeList(graph.ItemCount, graph.UserCount, new int[graph.ItemCount + 1], []));
            var (u, i) = Attention().Propagate(none);
            var candidates = NegativeSampling.Uniform(positives, graph.ItemCount, options.Negatives, ref random);
            return CandidateLoss.Apply(RankingLoss.SampledSoftmax, SegmentMean.Apply(u, EdgeList.Rows(users, graph.UserCount)), i, candidates).item<float>();
        }

        MetapathAttention Attention() => GuardTests.Attention(graph, options);
    }

    [Fact]
    public void Step_SameSeed_SameBits()
    {
        (int User, int Item)[] batch = [.. ToyWorld.Rows.Where((_, i) => i % 9 == 4)];
        Assert.Equal(GraphStep(ToyWorld.Rows, batch), GraphStep(ToyWorld.Rows, batch));
        Assert.Equal(RecommenderStep(ToyWorld.Rows, 0.1).Gradients, RecommenderStep(ToyWorld.Rows, 0.1).Gradients);
    }

    [Fact]
    public void Hide_Disposed_ShowsTheEdgesAgain()
    {
        var edges = MetapathEdges.Full(ToyWorld.Graph(ToyWorld.Rows));
        var (user, item) = ToyWorld.Rows[3];
        using (edges.Hide([user, user], [item, item]))          // a pair twice in a batch is hidden once
        {
            Assert.Equal(1, edges.ItemsToUsers.Removed!.Count(removed => removed));
            Assert.Equal(1, edges.UsersToItems.Removed!.Count(removed => removed));
        }
        Assert.DoesNotContain(true, edges.ItemsToUsers.Removed!);
        Assert.DoesNotContain(true, edges.UsersToItems.Removed!);
    }

    private static (double Loss, string Gradients, (int User, int Item)[] Batch) RecommenderStep(IEnumerable<(int User, int Item)> edges, double drop, UserNeighbors neighbors = UserNeighbors.Sampled, Func<MetapathGraphOptions, MetapathGraphOptions>? form = null)
    {
        using var scope = NewDisposeScope();
        var options = ToyWorld.Options with { UnknownRate = drop, Dropout = drop };
        var graph = ToyWorld.Graph(edges);
        var wide = (form ?? (options => options))(Wide with { UserNeighbors = neighbors });
        var attention = Attention(graph, wide);
        using var generator = new Generator(2, CPU);
        var samples = new TrainingSamples(new UserHistories(ToyWorld.Table(ToyWorld.Rows)), options);
        var model = new TwoTowerModel(TrainedFeatures.Of(ToyWorld.UserFeatures(), ToyWorld.Table(ToyWorld.Rows).UserOf),
            TrainedFeatures.Of(ToyWorld.ItemFeatures(), ToyWorld.Table(ToyWorld.Rows).ItemOf), new([Wide.Dimension], [Wide.Dimension]), options, generator);
        var enhancer = new GraphEnhancer(attention, graph, wide, 4);
        var training = new RecommenderTraining(model, enhancer, samples, options, 4);
        model.train();
        enhancer.BeginEpoch(1);
        var random = new RandomStream(11);
        var batch = samples.Take([.. Enumerable.Range(0, samples.Count).Where(i => i % 7 == 3)], ref random);
        var loss = training.Loss(batch, ref random);
        loss.backward();
        string gradients = string.Join('|', attention.named_parameters().Concat(model.named_parameters())
            .Select(p => p.name + (p.parameter.grad is { } grad ? string.Join(' ', grad.data<float>().Select(x => x + 0f)) : "none")));
        return (loss.item<float>(), gradients, [.. batch.Users.Zip(batch.Positives)]);
    }

    private static double GraphStep(IEnumerable<(int User, int Item)> edges, (int User, int Item)[] batch)
    {
        using var scope = NewDisposeScope();
        var graph = ToyWorld.Graph(edges);
        var enhancer = new GraphEnhancer(Attention(graph, Wide), graph, Wide, 4);
        enhancer.BeginEpoch(1);
        var random = new RandomStream(7);
        int[] users = [.. batch.Select(p => p.User)], items = [.. batch.Select(p => p.Item)];
        var rows = new TrainingRows(users, items, new int[users.Length], new(new int[users.Length + 1], []));
        var candidates = NegativeSampling.Uniform(items, ToyWorld.Items, 30, ref random);
        var (u, i) = enhancer.Step(rows, 0.1, ref random);
        return CandidateLoss.Apply(RankingLoss.SampledSoftmax, u!, i!, candidates).item<float>();
    }

    private static MetapathAttention Attention(Core.Graphs.FactorGraph graph, MetapathGraphOptions options)
    {
        using var generator = new Generator(1, CPU);
        var attention = new MetapathAttention(graph, options, generator, options.ContentNodes ? ToyWorld.Content : null);
        using var _ = no_grad();
        foreach (var (name, parameter) in attention.named_parameters()) if (name.EndsWith("gate", StringComparison.Ordinal)) parameter.fill_(0.7);     // at zero nothing could leak
        return attention;
    }
}
