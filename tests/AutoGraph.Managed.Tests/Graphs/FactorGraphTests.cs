using AutoGraph.Core.Codes;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using AutoGraph.Managed.Tests.Interactions;
using Xunit;

namespace AutoGraph.Managed.Tests.Graphs;

public sealed class FactorGraphTests
{
    private static readonly InteractionTable Train = Tables.Of(2, 3, (0, 2, 1), (0, 0, 2), (1, 2, 3), (0, 2, 4));
    private static readonly CodeTable Users = new([0, 1, 2, 1, 0, 3], levels: 3, codebookSize: 4);
    private static readonly CodeTable Items = new([1, 0, 1, 0, 0, 0], levels: 2, codebookSize: 2);

    [Fact]
    public void Graph_HandComputed()
    {
        var graph = new FactorGraph(Train, Users, Items, levels: 2);
        Assert.Equal((2, 3, 2), (graph.UserCount, graph.ItemCount, graph.Levels));
        Assert.Equal([0, 2], graph.UserToItems.Neighbors(0).ToArray());     // a repeated pair is one edge
        Assert.Equal([2], graph.UserToItems.Neighbors(1).ToArray());
        Assert.Empty(graph.ItemToUsers.Neighbors(1).ToArray());
        Assert.Equal([0, 1], graph.ItemToUsers.Neighbors(2).ToArray());

        Assert.Equal([0, 5], graph.UserToFactors.Neighbors(0).ToArray());   // level · 4 + code, third level unused
        Assert.Equal([1, 4], graph.UserToFactors.Neighbors(1).ToArray());
        Assert.Equal(8, graph.FactorToUsers.RowCount);
        Assert.Equal([0], graph.FactorToUsers.Neighbors(5).ToArray());
        Assert.Empty(graph.FactorToUsers.Neighbors(7).ToArray());

        Assert.Equal([1, 2], graph.ItemToFactors.Neighbors(0).ToArray());   // K is each side's own
        Assert.Equal([0, 1], graph.FactorToItems.Neighbors(1).ToArray());
        Assert.Equal([0, 1, 2], graph.FactorToItems.Neighbors(2).ToArray());
    }

    [Fact]
    public void WithoutLatest_RepeatedAndUnknownPairs_LeaveTheOthersAsInAGraphOfTheRest()
    {
        var graph = new FactorGraph(Train, Users, Items, levels: 2).WithoutLatest([(0, 2), (1, 0)]);       // user 1 never had item 0
        var rest = new FactorGraph(Tables.Of(2, 3, (0, 2, 1), (0, 0, 2), (1, 2, 3)), Users, Items, levels: 2);
        Assert.Equal(rest.Histories.Items.ToArray(), graph.Histories.Items.ToArray());
        Assert.Equal(rest.Histories.Offsets.ToArray(), graph.Histories.Offsets.ToArray());
        Assert.Equal(rest.UserToItems.Columns.ToArray(), graph.UserToItems.Columns.ToArray());
        Assert.Equal(rest.ItemToUsers.Columns.ToArray(), graph.ItemToUsers.Columns.ToArray());
        Assert.Equal([1, 2], graph.WithoutLatest([(0, 2)]).Histories.Offsets.ToArray()[1..]);
    }

    [Fact]
    public void CodesForOtherNumberOfEntities_Throw()
    {
        var error = Assert.Throws<ArgumentException>(() => new FactorGraph(Train, Items, Items, 2));
        Assert.Contains("codes for 2 users, found 3", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => new FactorGraph(Train, Users, new CodeTable([0, 0], 2, 2), 2));
        Assert.Contains("codes for 3 items, found 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MoreLevelsThanCodes_Throws()
    {
        var error = Assert.Throws<ArgumentException>(() => new FactorGraph(Train, Users, Items, 3));
        Assert.Contains("3 levels of item codes, found 2", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FactorGraph(Train, Users, Items, 0));
    }
}
