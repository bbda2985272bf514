using AutoGraph.Core.Graphs;
using AutoGraph.TestKit;
using AutoGraph.Torch.Attention;
using Microsoft.ML;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

public sealed class GraphInspectorTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    private SmallWorld World => fixture.World;

    private GraphInspector Inspector => World.AutoGraph.InspectGraph(fixture.Model);

    [Fact]
    public void Summary_FittedModel_CountsItsTrainingInteractions()
    {
        var rows = World.Context.Data.CreateEnumerable<Tables.Interaction>(World.Split.Train, false).ToArray();
        var summary = Inspector.Summary;
        Assert.Equal(rows.Select(row => (row.UserId, row.ItemId)).Distinct().Count(), summary.Interactions);
        Assert.Equal((World.Data.Users.GetRowCount(), World.Data.Items.GetRowCount()), (summary.Users, (long?)summary.Items));
        Assert.Equal(2 * summary.Items, summary.ItemFactorEdges);

        string user = rows[0].UserId;
        Assert.Equal(rows.Where(row => row.UserId == user).Select(row => row.ItemId).Distinct().Order(StringComparer.Ordinal),
            Inspector.Neighbors(GraphNode.User(user)).Where(node => node.Kind == GraphNodeKind.Item).Select(node => node.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void WhyNear_EveryPairOfSomeItems_TellsOfWhatBothHave()
    {
        var inspector = Inspector;
        var model = fixture.Model.LastTransformer.Model.Graph!;
        var attention = MetapathAttentionWeights.Of(model);
        var (codes, ids) = (model.Graph.ItemCodes, inspector.Graph.Items);
        int users = 0;
        for (int a = 0; a < 12; a++)
            for (int b = 0; b < a; b++)
            {
                var why = inspector.WhyNear(ids[a], ids[b]);
                int[] shared = [.. Enumerable.Range(0, 2).Where(level => codes.Row(a)[level] == codes.Row(b)[level])];
                Assert.Equal(shared, why.Factors.Select(factor => factor.Level));
                foreach (var factor in why.Factors)
                {
                    int node = factor.Level * codes.CodebookSize + factor.Code;
                    Assert.Equal(Enumerable.Range(0, codes.Count).Count(item => codes.Row(item)[factor.Level] == factor.Code), factor.Members);
                    Assert.Equal(attention.FactorsToItems![a, node] * attention.ItemsToFactors![node, b], factor.FirstFromSecond);
                    Assert.Equal(attention.FactorsToItems[b, node] * attention.ItemsToFactors[node, a], factor.SecondFromFirst);
                }
                var common = inspector.Neighbors(GraphNode.Item(ids[a])).Intersect(inspector.Neighbors(GraphNode.Item(ids[b]))).Where(node => node.Kind == GraphNodeKind.User).Select(node => node.Id);
                Assert.Equal(common.Order(StringComparer.Ordinal), why.Users.Select(user => user.UserId).Order(StringComparer.Ordinal));
                Assert.All(why.Users, user => Assert.True(user.FirstAttention > 0 && user.SecondAttention > 0));
                Assert.InRange(why.Similarity, -1.0001f, 1.0001f);
                Assert.Equal(1 + why.Factors.Count + Math.Min(4, why.Users.Count), why.ToString().Split(Environment.NewLine).Length);
                users += why.Users.Count;
            }
        Assert.True(users > 0);
    }

    [Fact]
    public void WhyNear_UnknownItem_SaysSo() =>
        Assert.Contains("'Item phantom'", Assert.Throws<ArgumentException>(() => Inspector.WhyNear("phantom", Inspector.Graph.Items[0])).Message, StringComparison.Ordinal);

    [Fact]
    public void InspectGraph_LoadedModel_TellsTheSame()
    {
        using var folder = new TempFolder();
        World.Context.Model.Save(fixture.Model, World.Split.Train.Schema, folder.File("model.zip"));
        var loaded = new MLContext().AutoGraph().InspectGraph(World.Context.Model.Load(folder.File("model.zip"), out _));
        Assert.Equal(Inspector.Summary.ToString(), loaded.Summary.ToString());
        Assert.Equal(Inspector.WhyNear("b001", "b002").ToString(), loaded.WhyNear("b001", "b002").ToString());
        GraphExport.WriteGraphMl(loaded.Graph, folder.File("graph.graphml"));
        Assert.True(new FileInfo(folder.File("graph.graphml")).Length > 1000);
    }

    [Fact]
    public void InspectGraph_OfStep3_GivesItsOwnGraph()
    {
        var step3 = ((IEnumerable<ITransformer>)fixture.Model).First();
        Assert.Equal(Inspector.Summary.ToString(), World.AutoGraph.InspectGraph(step3).Summary.ToString());
    }

    [Fact]
    public void InspectGraph_ModelWithoutGraph_SaysSo()
    {
        var plain = World.AutoGraph.Recommender(World.Users(), World.Items(), SmallWorld.Options with { Enhancement = Enhancement.None, Epochs = 1 }, World.Split.Validation).Fit(World.Split.Train);
        Assert.Contains("found GraphEnhancedRecommenderTransformer. Fit autoGraph.MetapathGraph", Assert.Throws<ArgumentException>(() => World.AutoGraph.InspectGraph(plain)).Message, StringComparison.Ordinal);
    }
}
