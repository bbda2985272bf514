using AutoGraph.Core.Codes;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using Xunit;

namespace AutoGraph.Managed.Tests.Graphs;

public sealed class NamedGraphTests
{
    /// <summary>ann – tea, ann – jam, bob – tea; nobody likes "a,b"; two levels of three codes.</summary>
    internal static NamedGraph Graph { get; } = Make(["tea", "jam", "a,\"b"]);

    internal static NamedGraph Make(string[] items) => new(
        new FactorGraph(2, 3, [0, 0, 1], [0, 1, 0], new CodeTable([0, 2, 0, 1], 2, 3), new CodeTable([1, 0, 1, 0, 2, 0], 2, 3), 2),
        new EntityIndex(["ann", "bob"]), new EntityIndex(items));

    [Fact]
    public void Neighbors_OfEachKind_AreNamed()
    {
        Assert.Equal([GraphNode.Item("tea"), GraphNode.Item("jam"), GraphNode.UserFactor(0, 0), GraphNode.UserFactor(1, 2)], Graph.Neighbors(GraphNode.User("ann")));
        Assert.Equal([GraphNode.User("ann"), GraphNode.User("bob"), GraphNode.ItemFactor(0, 1), GraphNode.ItemFactor(1, 0)], Graph.Neighbors(GraphNode.Item("tea")));
        Assert.Equal([GraphNode.User("ann"), GraphNode.User("bob")], Graph.Neighbors(GraphNode.UserFactor(0, 0)));
        Assert.Equal(["tea", "jam", "a,\"b"], Graph.Neighbors(new(GraphNodeKind.ItemFactor, "1.0")).Select(node => node.Id));
        Assert.Empty(Graph.Neighbors(GraphNode.ItemFactor(0, 0)));
    }

    [Theory]
    [InlineData(GraphNodeKind.User, "tea", "found 'User tea'")]
    [InlineData(GraphNodeKind.Item, "ann", "found 'Item ann'")]
    [InlineData(GraphNodeKind.ItemFactor, "2.0", "a level from 0 to 1 and a code from 0 to 2, found 'ItemFactor 2.0'")]
    [InlineData(GraphNodeKind.UserFactor, "0.3", "found 'UserFactor 0.3'")]
    [InlineData(GraphNodeKind.UserFactor, "-1.0", "found 'UserFactor -1.0'")]
    [InlineData(GraphNodeKind.UserFactor, "0", "found 'UserFactor 0'")]
    [InlineData((GraphNodeKind)9, "tea", "found 9")]
    public void Neighbors_NoSuchNode_SaysSo(GraphNodeKind kind, string id, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Graph.Neighbors(new(kind, id))).Message, StringComparison.Ordinal);

    [Fact]
    public void NodeAt_OfPositionOf_IsTheNode() =>
        Assert.All(Graph.AllNodes(), node => Assert.Equal(node, Graph.NodeAt(node.Kind, Graph.PositionOf(node))));

    [Fact]
    public void Create_WithIdsOfAnotherGraph_SaysSo() =>
        Assert.Contains("2 users and 3 items, found 2 and 2", Assert.Throws<ArgumentException>(() => Make(["tea", "jam"])).Message, StringComparison.Ordinal);

    [Fact]
    public void Summary_HandComputed_CountsNodesEdgesAndDegrees()
    {
        var summary = GraphSummary.Of(Graph.Graph);
        Assert.Equal((2, 3, 3, 4, 6), (summary.Users, summary.Items, summary.Interactions, summary.UserFactorEdges, summary.ItemFactorEdges));
        Assert.Equal([1, 2], summary.UserFactors);
        Assert.Equal([2, 1], summary.ItemFactors);
        Assert.Equal(new DegreeStatistics(2, 0, 1.5, 1.5, 2), summary.ItemsPerUser);
        Assert.Equal(new DegreeStatistics(3, 1, 1, 1, 2), summary.UsersPerItem);
        Assert.Equal(new DegreeStatistics(3, 0, 4 / 3.0, 1, 2), summary.UsersPerFactor);
        Assert.Equal(new DegreeStatistics(3, 0, 2, 2, 3), summary.ItemsPerFactor);
        Assert.Contains("3 item factors (2 + 1)", summary.ToString(), StringComparison.Ordinal);
    }
}
