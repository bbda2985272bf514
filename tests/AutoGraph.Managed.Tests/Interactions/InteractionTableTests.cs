using AutoGraph.Core.Interactions;
using Xunit;

namespace AutoGraph.Managed.Tests.Interactions;

public sealed class InteractionTableTests
{
    [Fact]
    public void Select_KeepsEntitiesAndGivenOrder()
    {
        var table = Tables.Of(2, 3, (0, 1, 10), (1, 2, 20), (0, 0, 30));
        var chosen = table.Select([2, 0]);
        Assert.Equal(2, chosen.Count);
        Assert.Equal([0, 0], chosen.UserOf.ToArray());
        Assert.Equal([0, 1], chosen.ItemOf.ToArray());
        Assert.Equal([30L, 10], chosen.TimeOf.ToArray());
        Assert.Same(table.Users, chosen.Users);
        Assert.Same(table.Items, chosen.Items);
    }

    [Theory]
    [InlineData(2, 0, "user", "2 in row 1")]
    [InlineData(-1, 0, "user", "-1 in row 1")]
    [InlineData(0, 3, "item", "3 in row 1")]
    [InlineData(0, -5, "item", "-5 in row 1")]
    public void PositionOutOfRange_NamesColumnAndRow(int user, int item, string column, string found)
    {
        var error = Assert.Throws<ArgumentException>(() => Tables.Of(2, 3, (0, 0, 0), (user, item, 0)));
        Assert.Contains(column, error.Message, StringComparison.Ordinal);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ColumnsOfDifferentLength_Throw()
    {
        var (users, items) = (Tables.Ids("u", 1), Tables.Ids("i", 1));
        Assert.Throws<ArgumentException>(() => new InteractionTable(users, items, [0, 0], [0], [1, 2]));
        Assert.Throws<ArgumentException>(() => new InteractionTable(users, items, [0], [0], [1, 2]));
    }
}
