using AutoGraph.Core.Codes;
using Xunit;

namespace AutoGraph.Managed.Tests.Codes;

public sealed class CodeTableTests
{
    [Fact]
    public void Row_GivesTheCodesOfOneRow()
    {
        var codes = new CodeTable([0, 3, 1, 2, 2, 0], levels: 3, codebookSize: 4);
        Assert.Equal((2, 3, 4), (codes.Count, codes.Levels, codes.CodebookSize));
        Assert.Equal([2, 2, 0], codes.Row(1).ToArray());
        Assert.Equal([0, 3, 1, 2, 2, 0], codes.Values.ToArray());
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-1)]
    public void CodeOutOfRange_NamesRowAndLevel(int code)
    {
        var error = Assert.Throws<ArgumentException>(() => new CodeTable([0, 0, 0, code], levels: 2, codebookSize: 4));
        Assert.Contains($"from 0 to 3, found {code} in row 1, level 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IncompleteRow_Throws() => Assert.Throws<ArgumentException>(() => new CodeTable([0, 0, 0], levels: 2, codebookSize: 4));

    [Fact]
    public void Empty_HasNoRows() => Assert.Equal(0, new CodeTable([], 3, 4).Count);

    [Fact]
    public void LevelsOrSizeBelowOne_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CodeTable([], 0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CodeTable([], 1, 0));
    }
}
