using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using Xunit;

namespace AutoGraph.Torch.Tests.Attention;

/// <summary>What users read as neighbours of items in a training step whose user vectors follow histories.</summary>
public sealed class StepNeighborsTests
{
    // latest three of three users: 0 has [5, 6, 7], 1 has [1, 2], 2 has nothing
    private static readonly EdgeList Latest = new(3, 9, [0, 3, 5, 5], [5, 6, 7, 1, 2]);

    private static int[][] Of(TrainingRows rows)
    {
        var edges = StepNeighbors.Of(Latest, rows, 3);
        Assert.Equal((3, 9), (edges.TargetCount, edges.SourceCount));
        return [.. Enumerable.Range(0, 3).Select(user => edges.Sources[edges.Offsets[user]..edges.Offsets[user + 1]])];
    }

    [Fact]
    public void Of_UsersOutsideTheStep_ReadTheirLatest() => Assert.Equal([[5, 6, 7], [1, 2], []], Of(new([], [], [], new([0], []))));

    [Fact]
    public void Of_SeveralRowsOfAUser_TheEarliestCountsAndOfItTheLatestItems() =>
        Assert.Equal([[2, 3, 4], [1, 2], []], Of(new([0, 0, 0], [7, 5, 6], [6, 4, 5], new([0, 6, 10, 15], [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 1, 2, 3, 4, 5]))));

    [Fact]
    public void Of_RowsCutToTheSameLength_PlaceDecides() =>
        Assert.Equal([[3, 4], [1, 2], []], Of(new([0, 0], [7, 5], [6, 4], new([0, 2, 4], [5, 6, 3, 4]))));

    [Fact]
    public void Of_PairOfTheStepConsumedEarlierToo_IsLeftOutForItsUserAlone() =>
        Assert.Equal([[4, 5], [1, 2], [3]], Of(new([0, 2], [3, 8], [3, 1], new([0, 3, 4], [3, 4, 5, 3]))));

    [Fact]
    public void Of_NewItems_AreLeftOutForAll() =>
        Assert.Equal([[5, 7], [1], [4]], Of(new TrainingRows([2], [8], [2], new([0, 2], [6, 4])) { NewItems = [false, false, true, false, false, false, true, false, false] }));
}
