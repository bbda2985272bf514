using AutoGraph.Core.Interactions;
using Xunit;

namespace AutoGraph.Managed.Tests.Interactions;

public sealed class EntityIndexTests
{
    [Fact]
    public void Positions_FollowTheOrderGiven()
    {
        var index = new EntityIndex(["b", "a", "B"]);
        Assert.Equal(3, index.Count);
        Assert.Equal(["b", "a", "B"], index.Ids);
        Assert.Equal("a", index[1]);
        Assert.Equal(2, index.PositionOf("B"));   // ordinal: case counts
        Assert.True(index.TryGetPosition("b", out int position));
        Assert.Equal(0, position);
    }

    [Fact]
    public void UnknownId_IsMinusOne()
    {
        var index = new EntityIndex(["a"]);
        Assert.Equal(-1, index.PositionOf("z"));
        Assert.False(index.TryGetPosition("z", out int position));
        Assert.Equal(-1, position);
    }

    [Fact]
    public void Duplicate_NamesIdAndBothRows()
    {
        var error = Assert.Throws<ArgumentException>(() => new EntityIndex(["a", "b", "a"]));
        Assert.Contains("'a' in rows 0 and 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void EmptyId_NamesTheRow(string? id)
    {
        var error = Assert.Throws<ArgumentException>(() => new EntityIndex(["a", id!]));
        Assert.Contains("row 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_IsAllowed() => Assert.Equal(0, new EntityIndex([]).Count);
}
