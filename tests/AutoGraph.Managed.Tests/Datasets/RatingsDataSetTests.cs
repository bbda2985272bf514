using AutoGraph.Datasets;
using Xunit;

namespace AutoGraph.Managed.Tests.Datasets;

public sealed class RatingsDataSetTests
{
    private sealed record Row(string Id) : IEntityRow;

    private static RatingsDataSet<Row, Row> Set(params RatingRow[] ratings) =>
        new("set", 3, ratings, [new("u1"), new("u2"), new("u3")], [new("i1"), new("i2"), new("i3")]);

    [Fact]
    public void Positives_KeepRowsAboveTheBoundAndEntitiesInTableOrder()
    {
        var positives = Set(
            new("u3", "i3", 5, 30), new("u2", "i3", 3, 20), new("u1", "i1", 4, 10), new("u3", "i1", 3.5f, 5), new("u1", "i2", 1, 1)).Positives();
        Assert.Equal(["u1", "u3"], positives.Interactions.Users.Ids);   // u2 has only a 3; order of the table, not of the ratings
        Assert.Equal(["i1", "i3"], positives.Interactions.Items.Ids);
        Assert.Equal(["u1", "u3"], positives.Users.Select(user => user.Id));
        Assert.Equal(["i1", "i3"], positives.Items.Select(item => item.Id));
        Assert.Equal([1, 0, 1], positives.Interactions.UserOf.ToArray());
        Assert.Equal([1, 0, 0], positives.Interactions.ItemOf.ToArray());
        Assert.Equal([30L, 10, 5], positives.Interactions.TimeOf.ToArray());
    }

    [Fact]
    public void Positives_NoneAboveTheBound_AreEmpty() => Assert.Equal(0, Set(new RatingRow("u1", "i1", 3, 1)).Positives().Interactions.Users.Count);

    [Theory]
    [InlineData("u9", "i1", "user 'u9' in rating 1")]
    [InlineData("u1", "i9", "item 'i9' in rating 1")]
    public void Positives_UnknownId_NamesIt(string user, string item, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => Set(new("u1", "i1", 5, 1), new(user, item, 1, 1)).Positives());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
