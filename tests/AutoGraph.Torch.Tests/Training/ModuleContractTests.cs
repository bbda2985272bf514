using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Recommendation;
using AutoGraph.Torch.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Training;

/// <summary>A module that forgets to register a part trains on without it and nobody notices: so names and shapes are listed.</summary>
public class ModuleContractTests
{
    private static readonly Core.Interactions.InteractionTable Train = ToyWorld.Table(ToyWorld.Rows);

    private static readonly Core.Graphs.FactorGraph Graph = ToyWorld.Graph(ToyWorld.Rows);

    private static Generator Seeded => new(1, CPU);

    private static string[] Names(nn.Module module) => [.. module.named_parameters().Select(p => $"{p.name} [{string.Join(", ", p.parameter.shape)}]").Order(StringComparer.Ordinal)];

    private static string[] Step(string prefix, int source = 8, int destination = 8) =>
        [$"{prefix}attendDestination [2, 4]", $"{prefix}attendSource [2, 4]", $"{prefix}bias [8]", $"{prefix}destination [8, {destination}]", $"{prefix}source [8, {source}]"];

    private static string[] Path(string prefix, int factors, bool self) =>
        [$"{prefix}factors [{factors}, 8]", .. self ? [$"{prefix}self [8, 8]"] : Array.Empty<string>(), .. Step(prefix + "toFactor."), .. Step(prefix + "toMember.", source: 16)];

    private static void AllReceiveGradients(nn.Module module, Func<Tensor> loss)
    {
        using var scope = NewDisposeScope();
        loss().backward();
        foreach (var (name, parameter) in module.named_parameters())
            Assert.True(parameter.grad is { } grad && grad.abs().sum().item<float>() > 0, $"{name} has no gradient.");
    }

    [Theory]
    [InlineData(Metapaths.All, false)]
    [InlineData(Metapaths.All, true)]
    [InlineData(Metapaths.UserSemantic, false)]
    [InlineData(Metapaths.ItemSemantic, false)]
    [InlineData(Metapaths.Interaction, false)]
    [InlineData(Metapaths.Interaction, true)]
    [InlineData(Metapaths.UserSemantic | Metapaths.Interaction, false)]
    [InlineData(Metapaths.UserSemantic | Metapaths.ItemSemantic, true)]
    [InlineData(Metapaths.None, false)]
    public void MetapathAttention_EachAblation_HasItsParametersAndTrainsAll(Metapaths paths, bool literal)
    {
        using var scope = NewDisposeScope();
        using var generator = Seeded;
        using var attention = new MetapathAttention(Graph, ToyWorld.GraphOptions with { Metapaths = paths, Literal = literal }, generator);
        string[] expected =
        [
            "items.nodes [20, 8]", "items.unknown [1, 8]", "users.unknown [1, 8]", "users.nodes [14, 8]",
            .. paths.HasFlag(Metapaths.UserSemantic) ? Path("userPath.", 6, !literal) : [],
            .. paths.HasFlag(Metapaths.ItemSemantic) ? Path("itemPath.", 6, !literal) : [],
            .. paths.HasFlag(Metapaths.Interaction) ? [.. Step("itemsToUsers.attend."), .. Step("usersToItems.attend."), "itemsToUsers.ages [15, 2]", .. literal ? [] : new[] { "itemsToUsers.self [8, 8]", "usersToItems.self [8, 8]" }] : Array.Empty<string>(),
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Names(attention));

        AllReceiveGradients(attention, () =>
        {
            var random = default(RandomStream);
            var (u, i) = attention.Propagate(MetapathEdges.Full(Graph), new NodeDrop(Mask(ToyWorld.Users), Mask(ToyWorld.Items)), ref random);
            return u.sin().sum() + i.cos().sum();
        });

        static Tensor Mask(int count) => tensor(Enumerable.Range(0, count).Select(n => n % 7 == 0 ? 1f : 0f).ToArray(), count, 1);
    }

    [Fact]
    public void MetapathAttention_EveryOption_HasItsParametersAndTrainsAll()
    {
        using var scope = NewDisposeScope();
        using var generator = Seeded;
        foreach (bool pairwise in new[] { false, true })
        {
            using var attention = new MetapathAttention(Graph, ToyWorld.GraphOptions with { AttentionV2 = !pairwise, Pairwise = pairwise, ContentNodes = true, Gates = true, Layers = 3, Dropout = 0.1 }, generator, ToyWorld.Content);
            string[] step(string prefix, int source = 8) => pairwise ? Step(prefix) : [$"{prefix}attend [2, 4]", $"{prefix}bias [8]", $"{prefix}destination [8, 8]", $"{prefix}source [8, {source}]"];
            string[] path(string prefix) => [$"{prefix}gate [1]", $"{prefix}self [8, 8]", .. pairwise ? Step(prefix + "pairs.") : [$"{prefix}factors [6, 8]", .. step(prefix + "toFactor."), .. step(prefix + "toMember.", 16)]];
            string[] interaction(string prefix) => [$"{prefix}gate [1]", $"{prefix}self [8, 8]", .. step(prefix + "attend.")];
            string[] expected =
            [
                "items.nodes [20, 8]", "items.unknown [1, 8]", "users.unknown [1, 8]", "users.nodes [14, 8]", "itemContent.projection [8, 6]", "userContent.projection [8, 6]", "itemsToUsers.ages [15, 2]",
                .. Enumerable.Range(0, 2).SelectMany(round => (string[])[.. interaction($"laterItemsToUsers.{round}."), $"laterItemsToUsers.{round}.ages [15, 2]", .. interaction($"laterUsersToItems.{round}.")]),
                .. path("userPath."), .. path("itemPath."), .. interaction("itemsToUsers."), .. interaction("usersToItems."),
            ];
            Assert.Equal(expected.Order(StringComparer.Ordinal), Names(attention));
            Assert.Equal(["itemContent.vectors", "userContent.vectors"], attention.named_buffers().Select(b => b.name).Order(StringComparer.Ordinal));

            foreach (var (name, parameter) in attention.named_parameters()) { using var _ = no_grad(); if (name.EndsWith("gate", StringComparison.Ordinal)) parameter.fill_(0.5); }
            AllReceiveGradients(attention, () =>
            {
                var random = new RandomStream(1);
                var (u, i) = attention.Propagate(MetapathEdges.Full(Graph), new NodeDrop(tensor(Enumerable.Range(0, ToyWorld.Users).Select(n => n % 7 == 0 ? 1f : 0f).ToArray(), ToyWorld.Users, 1), tensor(Enumerable.Range(0, ToyWorld.Items).Select(n => n % 7 == 0 ? 1f : 0f).ToArray(), ToyWorld.Items, 1)), ref random);
                return u.sin().sum() + i.cos().sum();
            });
        }
    }

    [Fact]
    public void SemanticPathAndStep_Alone_HaveTheirParameters()
    {
        using var scope = NewDisposeScope();
        using var generator = Seeded;
        Assert.Equal(Path("", 8, true).Order(StringComparer.Ordinal), Names(new SemanticPath(8, ToyWorld.GraphOptions, generator)));
        Assert.Equal(Path("", 8, false).Order(StringComparer.Ordinal), Names(new SemanticPath(8, ToyWorld.GraphOptions with { Literal = true }, generator)));
        Assert.Equal(Step("", 5, 3).Order(StringComparer.Ordinal), Names(new GraphAttentionStep(5, 3, 8, 2, generator)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TwoTowerModel_WithAndWithoutGraph_HasItsParametersAndTrainsAll(bool graph)
    {
        using var scope = NewDisposeScope();
        using var generator = Seeded;
        var options = ToyWorld.Options with { UnknownRate = 0.3, Dropout = 0 };
        var (users, items) = (TrainedFeatures.Of(ToyWorld.UserFeatures(), Train.UserOf), TrainedFeatures.Of(ToyWorld.ItemFeatures(), Train.ItemOf));
        using var model = new TwoTowerModel(users, items, graph ? new EnhancementWidths([8], [8]) : EnhancementWidths.None, options, generator);
        string[] field(string side) => graph ? [$"{side}.weight [8, 8]", $"{side}.bias [8]"] : [];
        string[] tower(string side, int input) => [$"{side}.weights.0 [16, {input}]", $"{side}.weights.1 [8, 16]", $"{side}.biases.0 [16]", $"{side}.biases.1 [8]"];
        string[] expected =
        [
            "userFields.tables.0 [15, 8]", "userFields.tables.1 [3, 8]",
            "itemFields.tables.0 [21, 8]", "itemFields.tables.1 [5, 8]", "itemFields.projections.0 [8, 3]",
            .. field("userEnhancements.0"), .. field("itemEnhancements.0"), .. graph ? new[] { "historyFields [8, 8]" } : [],
            .. tower("userTower", 24 + (graph ? 8 : 0)), .. tower("itemTower", 24 + (graph ? 8 : 0)),
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Names(model));

        using var attention = new MetapathAttention(Graph, ToyWorld.GraphOptions, generator);
        using var enhancer = graph ? new GraphEnhancer(attention, Graph, ToyWorld.GraphOptions, 1) : null;
        enhancer?.BeginEpoch(1);
        var samples = new TrainingSamples(new Core.Interactions.UserHistories(Train), options);
        var training = new RecommenderTraining(model, enhancer, samples, options, 1);
        AllReceiveGradients(model, () =>
        {
            var random = RandomStream.For(1, "contract");
            return training.Loss(samples.Take([.. Enumerable.Range(0, samples.Count)], ref random), ref random);
        });
        if (enhancer is null) return;
        Assert.All(enhancer.parameters(), parameter => Assert.True(parameter.grad is { } grad && grad.abs().sum().item<float>() > 0));
        Assert.All(Names(enhancer), name => Assert.StartsWith("attention.", name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Backbone.YouTubeDnn)]
    [InlineData(Backbone.Mind)]
    [InlineData(Backbone.Gru4Rec)]
    [InlineData(Backbone.SasRec)]
    public void HistoryEncoder_EachBackbone_HasItsParametersAndTrainsAll(Backbone backbone)
    {
        using var scope = NewDisposeScope();
        using var generator = Seeded;
        var options = ToyWorld.Options with { Backbone = backbone, HistoryLayers = 2, HistoryHeads = 2, UnknownRate = 0.3 };
        using var model = new TwoTowerModel(TrainedFeatures.Of(ToyWorld.UserFeatures(), Train.UserOf), TrainedFeatures.Of(ToyWorld.ItemFeatures(), Train.ItemOf), EnhancementWidths.None, options, generator);
        string[] expected = backbone switch
        {
            Backbone.Mind => ["bilinear [8, 8]"],
            Backbone.Gru4Rec => [.. Enumerable.Range(0, 2).SelectMany(l => new[] { $"layers.{l}.hidden [24, 8]", $"layers.{l}.hiddenBias [24]", $"layers.{l}.input [24, 8]", $"layers.{l}.inputBias [24]" })],
            Backbone.SasRec =>
            [
                "normalization.bias [8]", "normalization.weight [8]", "positions [5, 8]",
                .. Enumerable.Range(0, 2).SelectMany(l => new[]
                {
                    "beforeAttention.bias [8]", "beforeAttention.weight [8]", "beforeForward.bias [8]", "beforeForward.weight [8]", "inner [8, 8]", "innerBias [8]",
                    "keyValue [16, 8]", "keyValueBias [16]", "outer [8, 8]", "outerBias [8]", "query [8, 8]", "queryBias [8]",
                }.Select(name => $"layers.{l}.{name}")),
            ],
            _ => [],
        };
        Assert.Equal(expected.Select(name => "history." + name).Order(StringComparer.Ordinal), Names(model).Where(name => name.StartsWith("history.", StringComparison.Ordinal)));
        Assert.Equal(backbone == Backbone.Mind ? ["history.routing"] : Array.Empty<string>(), model.named_buffers().Select(b => b.name));

        var samples = new TrainingSamples(new Core.Interactions.UserHistories(Train), options);
        var training = new RecommenderTraining(model, null, samples, options, 1);
        AllReceiveGradients(model, () =>
        {
            var random = RandomStream.For(1, "contract");
            return training.Loss(samples.Take([.. Enumerable.Range(0, samples.Count)], ref random), ref random);
        });
    }

    [Fact]
    public void RqVae_Default_HasItsParametersAndTrainsAll()
    {
        using var scope = NewDisposeScope();
        using var generator = Seeded;
        var options = new ResidualQuantizerOptions { Levels = 2, Dimension = 3, HiddenWidths = [7, 5] };
        using var network = new RqVae(6, 4, options, generator);
        Assert.Equal(new[]
        {
            "codebooks.0 [4, 3]", "codebooks.1 [4, 3]",
            "decoder.biases.0 [5]", "decoder.biases.1 [7]", "decoder.biases.2 [6]", "decoder.weights.0 [5, 3]", "decoder.weights.1 [7, 5]", "decoder.weights.2 [6, 7]",
            "encoder.biases.0 [7]", "encoder.biases.1 [5]", "encoder.biases.2 [3]", "encoder.weights.0 [7, 6]", "encoder.weights.1 [5, 7]", "encoder.weights.2 [3, 5]",
        }, Names(network));
        using (no_grad())
            for (int level = 0; level < 2; level++) network.Codebook(level).copy_(randn(4, 3, generator: generator));     // training sets them by k-means; at zero nothing reaches the decoder
        AllReceiveGradients(network, () => network.Loss(randn(32, 6, generator: generator), 0.25).Total);
    }

    [Fact]
    public void AdamW_BiasesAndWeights_OnlyMatricesDecay()
    {
        using var scope = NewDisposeScope();
        using var generator = Seeded;
        using var step = new GraphAttentionStep(3, 3, 4, 2, generator);
        foreach (var parameter in step.parameters()) { using var _ = no_grad(); parameter.fill_(1); parameter.grad = zeros_like(parameter); }
        using var optimizer = new AdamW([step], 0.1, 0.5);
        optimizer.Step();
        foreach (var (name, parameter) in step.named_parameters())
            Assert.All(parameter.data<float>().ToArray(), value => Assert.Equal(name == "bias" ? 1f : 0.95f, value, 1e-6f));
    }
}
