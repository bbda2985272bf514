using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Insertion;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Recommendation;
using Xunit;

namespace AutoGraph.Torch.Tests.Insertion;

/// <summary>The pass over a single node against the pass over the whole graph.</summary>
public sealed class NodePassTests
{
    public static TheoryData<Enhancement, Backbone, UserNeighbors, int> Models => new()
    {
        { Enhancement.AutoGraph, Backbone.YouTubeDnn, UserNeighbors.Latest, 1 },
        { Enhancement.AutoGraph, Backbone.SasRec, UserNeighbors.Sampled, 1 },
        { Enhancement.AutoGraph | Enhancement.HistoryField, Backbone.Mind, UserNeighbors.Latest, 1 },
        { Enhancement.AutoGraph | Enhancement.Uist | Enhancement.HistoryField, Backbone.Gru4Rec, UserNeighbors.Sampled, 1 },
        { Enhancement.AutoGraph, Backbone.YouTubeDnn, UserNeighbors.Latest, 2 },
        { Enhancement.AutoGraph, Backbone.YouTubeDnn, UserNeighbors.Sampled, 3 },
        { Enhancement.AutoGraph | Enhancement.HistoryField, Backbone.Mind, UserNeighbors.Latest, 3 },
        { Enhancement.Uist, Backbone.YouTubeDnn, UserNeighbors.Latest, 1 },
        { Enhancement.None, Backbone.SasRec, UserNeighbors.Latest, 1 },
    };

    [Theory, MemberData(nameof(Models))]
    public void Item_OfTheTraining_GivesTheRowsThatItHas(Enhancement enhancement, Backbone backbone, UserNeighbors neighbors, int layers)
    {
        var (model, pass) = Train(enhancement, backbone, neighbors, layers);
        for (int item = 0; item < ToyWorld.Items; item++)
        {
            int[] users = [.. ToyWorld.Rows.Where(row => row.Item == item && item != Cold).Select(row => row.User).Distinct().Order()];
            var row = pass.Item(pass.ItemFeatures.Known(item), item, ToyWorld.Codes(ToyWorld.Items, 2).Row(item), Rows(pass.Graph?.Users, pass.Graph?.Width ?? 0, users));
            Close(model.ItemVectors.Span.Slice(item * model.Dimension, model.Dimension), row.Vector);
            Close(pass.HistoryRows.AsSpan(item * model.Dimension, model.Dimension), row.History);
            Close(pass.ItemStates.AsSpan(item * pass.ItemStateWidth, pass.ItemStateWidth), row.State);
            Close(Rows(pass.Graph?.Items, pass.Graph?.Width ?? 0, item), row.Node);
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void Item_ThatJoins_IsLikeOneThatTheTrainingNeverSaw(Enhancement enhancement, Backbone backbone, UserNeighbors neighbors, int layers)
    {
        var (model, pass) = Train(enhancement, backbone, neighbors, layers);
        var joined = pass.Item(pass.ItemFeatures.Known(Cold), -1, ToyWorld.Codes(ToyWorld.Items, 2).Row(Cold), []);
        Close(model.ItemVectors.Span.Slice(Cold * model.Dimension, model.Dimension), joined.Vector);
        Close(pass.HistoryRows.AsSpan(Cold * model.Dimension, model.Dimension), joined.History);
        Close(Rows(pass.Graph?.Items, pass.Graph?.Width ?? 0, Cold), joined.Node);
        if (pass.Graph is null) return;
        float[] alone = Graph([]), read = Graph([1, 4]);
        for (int d = 0; d < alone.Length; d++) Assert.NotEqual(alone[d], read[d], 1e-6f);        // users that it has move it

        float[] Graph(int[] users)
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            using var _ = TorchSharp.torch.no_grad();
            return HostMemory.ToArray<float>(pass.Graph.Item(-1, ToyWorld.Codes(ToyWorld.Items, 2).Row(Cold), Rows(pass.Graph.Users, pass.Graph.Width, users)).Vector);
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void Users_OverStoredRows_AreThoseOfTheRecommender(Enhancement enhancement, Backbone backbone, UserNeighbors neighbors, int layers)
    {
        var (model, pass) = Train(enhancement, backbone, neighbors, layers);
        var random = new Random(4);
        for (int user = -1; user < ToyWorld.Users; user++)
        {
            int[] history = [.. Enumerable.Range(0, random.Next(0, 9)).Select(_ => random.Next(ToyWorld.Items))];
            var expected = new float[model.VectorsPerUser * model.Dimension];
            model.UserVectors([user], [history], expected);
            int[] latest = history.Length > pass.HistoryLength ? history[^pass.HistoryLength..] : history;
            var found = pass.Users(user < 0 ? pass.UserFeatures.Unknown : pass.UserFeatures.Known(user), user < 0 ? pass.UnknownUserState : Rows(pass.UserStates, pass.UserStateWidth, user),
                [0, latest.Length], Rows(pass.HistoryRows, model.Dimension, latest), Rows(pass.ItemStates, pass.ItemStateWidth, latest));
            Close(expected, found);
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void User_OfTheTraining_GivesTheRowsThatThereAre(Enhancement enhancement, Backbone backbone, UserNeighbors neighbors, int layers)
    {
        var (_, pass) = Train(enhancement, backbone, neighbors, layers);
        for (int user = 0; user < ToyWorld.Users; user++)
        {
            int[] items = [.. ToyWorld.Rows.Where(row => row.User == user && row.Item != Cold).Select(row => row.Item)];
            var row = pass.User(user, pass.Graph is null ? [] : ToyWorld.Codes(ToyWorld.Users, 1).Row(user), Rows(pass.Graph?.Items, pass.Graph?.Width ?? 0, items));
            Close(Rows(pass.UserStates, pass.UserStateWidth, user), row.State);
            Close(Rows(pass.Graph?.Users, pass.Graph?.Width ?? 0, user), row.Node);
        }
    }

    [Fact]
    public void Items_SampledNeighborhoods_AreThoseOfTheVectors()
    {
        var (_, pass) = Train(Enhancement.AutoGraph, Backbone.YouTubeDnn, UserNeighbors.Latest, layers: 2, full: false);
        Assert.Equal(2 * ToyWorld.GraphOptions.Dimension, pass.Graph!.Width);
        Close(pass.ItemStates, pass.Graph.Items);           // the second round reads the users that the seed draws
    }

    [Theory, InlineData(Enhancement.LightGcn), InlineData(Enhancement.FrozenVectors), InlineData(Enhancement.AutoGraph | Enhancement.LightGcn)]
    public void RequireItemInsertion_VectorsThatOnlyAFitMakes_SaysSo(Enhancement enhancement)
    {
        var (_, pass) = Train(enhancement, Backbone.YouTubeDnn, UserNeighbors.Latest);
        Assert.Contains("found others", Assert.Throws<NotSupportedException>(pass.RequireItemInsertion).Message, StringComparison.Ordinal);
    }

    private const int Cold = 6;      // an item of the tables that no training row has

    private static (TwoTowerRecommender Model, NodePass Pass) Train(Enhancement enhancement, Backbone backbone, UserNeighbors neighbors, int layers = 1, bool full = true)
    {
        var train = ToyWorld.Table(ToyWorld.Rows.Where(row => row.Item != Cold));
        var graph = Torch.Attention.MetapathGraphModel.Fit(ToyWorld.Graph(ToyWorld.Rows.Where(row => row.Item != Cold)), ToyWorld.GraphOptions with { UserNeighbors = neighbors, NeighborSample = 3, Layers = layers, Dropout = layers == 1 ? 0 : 0.1, FullNeighborhoods = full }, 5);
        var model = TwoTowerRecommender.Train(ToyWorld.Data(train, withGraph: false) with { Graph = graph, LaterItems = [Cold] },
            ToyWorld.Options with { Enhancement = enhancement, Backbone = backbone, HistoryHeads = 1, Epochs = 1 }, 1);
        return (model, new NodePass(model));
    }

    private static float[] Rows(float[]? table, int width, params int[] rows) => table is null ? [] : [.. rows.SelectMany(row => table.AsSpan(row * width, width).ToArray())];

    private static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-5f * (1 + Math.Abs(expected[i])));
    }
}
