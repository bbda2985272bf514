using AutoGraph.Managed.Tests.Knowledge;
using AutoGraph.Semantics.ItemGraphs;
using AutoGraph.Semantics.Knowledge;
using Xunit;

namespace AutoGraph.Managed.Tests.ItemGraphs;

public sealed class ItemSimilarityTests
{
    private static readonly string[] Texts = ["Alien: horror in space", "Aliens: war in space", "Emma: comedy of manners", "Clueless: Emma in Beverly Hills"];

    [Fact]
    public void Nearest_FourDirections_OrdersByCosineWithoutTheItemItself()
    {
        var nearest = ItemSimilarity.Nearest(new float[,] { { 2, 0 }, { 3, 1 }, { 0, 1 }, { -1, 4 } }, 2);
        Assert.Equal([[1, 2], [0, 2], [3, 1], [2, 1]], nearest);
    }

    [Fact]
    public void Nearest_MoreThanThereAre_GivesAllOthers() => Assert.Equal([[1], [0]], ItemSimilarity.Nearest(new float[,] { { 1, 0 }, { 0, 1 } }, 10));

    [Fact]
    public void Nearest_NotFinite_NamesTheRow() =>
        Assert.Contains("row 1", Assert.Throws<ArgumentException>(() => ItemSimilarity.Nearest(new float[,] { { 1 }, { float.NaN } })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("1, 3", new[] { 1, 3 })]
    [InlineData("none", new int[0])]
    [InlineData("2 and 2; also 7 and 0, 99999999999", new[] { 2 })]
    [InlineData("Candidates: 3.", new[] { 3 })]
    public void Numbers_Answers_GivesCandidatesOnly(string answer, int[] expected) => Assert.Equal(expected, ItemSimilarity.Numbers(answer, 3));

    [Fact]
    public async Task Judge_ModelKeepsSome_EdgesAreItsVerdictsAndNothingIsAskedTwice()
    {
        // the model finds similar what shares a word of the title line's end
        using var client = new FakeChatClient((prompt, _) => FakeChatClient.Say(
            prompt.StartsWith("Item: Alien", StringComparison.Ordinal) ? "1" : prompt.StartsWith("Item: Emma", StringComparison.Ordinal) ? "Only number 1." : "none"));
        using var store = new InMemoryKnowledgeStore();
        var generator = new KnowledgeGenerator(client, store, ItemSimilarity.PromptVersion);
        int[][] candidates = [[1, 2], [0, 3], [3, 0], [2, 1]];
        var (neighbors, report) = await ItemSimilarity.JudgeAsync(Texts, candidates, generator, store);
        Assert.Equal(4, report.Asked);
        Assert.Equal([[1], [0], [3], []], Enumerable.Range(0, 4).Select(item => neighbors.Neighbors(item).ToArray()));

        var again = await ItemSimilarity.JudgeAsync(Texts, candidates, generator, store);
        Assert.Equal(0, again.Report.Calls);
        Assert.Equal(4, client.Calls);
        Assert.Equal(neighbors.Columns.ToArray(), again.Neighbors.Columns.ToArray());
    }

    [Fact]
    public async Task Judge_CallFails_ItemHasNoNeighborAndTheReportSaysSo()
    {
        using var client = new FakeChatClient((prompt, _) => prompt.StartsWith("Item: Emma", StringComparison.Ordinal) ? FakeChatClient.Say("I'm sorry, I cannot help with that.") : FakeChatClient.Say("1,2"));
        using var store = new InMemoryKnowledgeStore();
        var (neighbors, report) = await ItemSimilarity.JudgeAsync(Texts, [[1, 2], [0, 3], [3, 0], [2, 1]], new(client, store, ItemSimilarity.PromptVersion, new() { MaxRetries = 0 }), store);
        Assert.Equal(0, neighbors.Degree(2));
        Assert.Equal(2, neighbors.Degree(3));
        Assert.Single(report.Failures);
    }

    [Fact]
    public void Prompt_Candidates_AreNumberedFromOne() => Assert.Contains("Candidates:\n1. B\n2. C\n\n", ItemSimilarity.Prompt("A", ["B", "C"]), StringComparison.Ordinal);
}
