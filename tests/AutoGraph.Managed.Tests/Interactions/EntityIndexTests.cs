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
    public void HalfASurrogatePair_NamesTheRow()
    {
        foreach (string id in new[] { "a\ud83d", "\ude00a", "\ud83d\ud83d\ude00" })
            Assert.Contains("in row 1", Assert.Throws<ArgumentException>(() => new EntityIndex(["a", id])).Message, StringComparison.Ordinal);
        Assert.Equal(0, new EntityIndex(["a\ud83d\ude00b\ud83d\ude01"]).PositionOf("a\ud83d\ude00b\ud83d\ude01"));
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
