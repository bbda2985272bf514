using AutoGraph.Core.Features;
using Xunit;

namespace AutoGraph.Managed.Tests.Features;

public sealed class FeatureRowsTests
{
    private static readonly FeatureTable Table = FeatureExamples.Table;

    [Fact]
    public void Of_EachRow_IsThatRowAlone()
    {
        Assert.Equal(["1 rows", "Genre: 2 of 3", "Tags: 1 3 at 0 2 of 4", "Price: 1 2 by 2", "Plot/Knowledge: 0.5 1 by 2, mean 7 8, factor 2", "Old: 9 by 1"], FeatureExamples.Texts(FeatureRows.Of(Table, 0)));
        Assert.Equal(["1 rows", "Genre: -1 of 3", "Tags:  at 0 0 of 4", "Price: 3 4 by 2", "Plot/Knowledge: -0.5 -1 by 2, mean 7 8, factor 2", "Old: 8 by 1"], FeatureExamples.Texts(FeatureRows.Of(Table, 1)));
        Assert.Equal(["1 rows", "Genre: 0 of 3", "Tags: 0 at 0 1 of 4", "Price: 5 6 by 2", "Plot/Knowledge: 0 0.25 by 2, mean 7 8, factor 2", "Old: 7 by 1"], FeatureExamples.Texts(FeatureRows.Of(Table, 2)));
    }

    [Fact]
    public void Of_MinusOne_KnowsNothing() =>
        Assert.Equal(["1 rows", "Genre: -1 of 3", "Tags:  at 0 0 of 4", "Price: 0 0 by 2", "Plot/Knowledge: 0 0 by 2, mean 7 8, factor 2", "Old: 0 by 1"], FeatureExamples.Texts(FeatureRows.Of(Table, -1)));

    [Fact]
    public void Join_AllRows_RestoresTheTable() =>
        Assert.Equal(FeatureExamples.Texts(Table), FeatureExamples.Texts(FeatureRows.Join([FeatureRows.Of(Table, 0), FeatureRows.Of(Table, 1), FeatureRows.Of(Table, 2)])));

    [Fact]
    public void Join_OneRow_IsIt()
    {
        var row = FeatureRows.Of(Table, 1);
        Assert.Same(row, FeatureRows.Join([row]));
    }

    [Fact]
    public void FeatureTable_RowsOrNamesThatDisagree_AreNamed()
    {
        Assert.Contains("Expected 2 rows in feature 'Genre', found 3", Assert.Throws<ArgumentException>(() => new FeatureTable(2, Table.Fields)).Message, StringComparison.Ordinal);
        Assert.Contains("Expected 4 rows in feature 'Tags', found 3", Assert.Throws<ArgumentException>(() => new FeatureTable(4, [Table.Fields[1]])).Message, StringComparison.Ordinal);
        Assert.Contains("found 'Old' twice", Assert.Throws<ArgumentException>(() => new FeatureTable(3, [.. Table.Fields, Table.Fields[4]])).Message, StringComparison.Ordinal);
    }
}
