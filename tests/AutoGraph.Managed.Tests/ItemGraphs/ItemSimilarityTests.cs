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
    [InlineData("1,3.", new[] { 1, 3 })]
    [InlineData("3", new[] { 3 })]
    [InlineData("1 3", new[] { 1, 3 })]
    [InlineData("1; 3", new[] { 1, 3 })]
    [InlineData("1 and 3", new[] { 1, 3 })]
    [InlineData("1, 2, and 3", new[] { 1, 2, 3 })]
    [InlineData("1 & 3", new[] { 1, 3 })]
    [InlineData("1\n3\n", new[] { 1, 3 })]
    [InlineData("1.\r\n3.\r\n", new[] { 1, 3 })]
    [InlineData("- 1\n- 3", new[] { 1, 3 })]
    [InlineData("* 1\n* 3", new[] { 1, 3 })]
    [InlineData("• 1\n• 3", new[] { 1, 3 })]
    [InlineData("[1, 3]", new[] { 1, 3 })]
    [InlineData("(1), (3)", new[] { 1, 3 })]
    [InlineData("**1**, **3**", new[] { 1, 3 })]
    [InlineData("```\n1, 3\n```", new[] { 1, 3 })]
    [InlineData("#1, #3", new[] { 1, 3 })]
    [InlineData("Candidates: 3.", new[] { 3 })]
    [InlineData("Similar: 1, 3", new[] { 1, 3 })]
    [InlineData("**The similar candidates are:**\n- 1\n- 3", new[] { 1, 3 })]
    [InlineData("{\"similar\": [1, 3]}", new[] { 1, 3 })]
    [InlineData("2, 2, 7, 0 and 99999999999", new[] { 2 })]      // no candidates do not count
    [InlineData("none", new int[0])]
    [InlineData("None of the 10 candidates is similar", new int[0])]
    [InlineData("**None.**", new int[0])]
    [InlineData("\"NONE\"", new int[0])]
    [InlineData("- none", new int[0])]
    [InlineData("Answer: none", new int[0])]
    [InlineData("No, 2 is nearest but differs", new int[0])]
    [InlineData("No candidate of the 3 is similar.", new int[0])]
    [InlineData("Nothing.", new int[0])]
    public void Numbers_ListsAndNone_GiveCandidatesOnly(string answer, int[] expected)
    {
        Assert.Equal(expected, SimilarityAnswer.Numbers(answer, 3));
        Assert.Null(SimilarityAnswer.Problem(answer));
    }

    [Theory]
    [InlineData("Only number 1.")]
    [InlineData("Candidate 3 is similar, the other 2 are not")]
    [InlineData("Of the 3 candidates, none is similar")]
    [InlineData("Not similar: 1, 2")]
    [InlineData("All but: 2")]
    [InlineData("1-3")]
    [InlineData("1 – 3")]
    [InlineData("1. 3\n2. 1")]              // lines counted, or candidates?
    [InlineData("No. 3")]                   // none, or number 3?
    [InlineData("1.5")]
    [InlineData("1, none")]
    [InlineData("1 (Alien), 3 (Aliens)")]
    [InlineData("1/3")]
    [InlineData("-1")]
    [InlineData("Nobody knows")]
    [InlineData("Similar:")]
    [InlineData("all")]
    [InlineData("")]
    public void Numbers_AnythingElse_IsNoVerdict(string answer)
    {
        Assert.Null(SimilarityAnswer.Numbers(answer, 3));
        Assert.Contains("neither a list of numbers nor none", SimilarityAnswer.Problem(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judge_ModelKeepsSome_EdgesAreItsVerdictsAndNothingIsAskedTwice()
    {
        // the model finds similar what shares a word of the title line's end
        using var client = new FakeChatClient((prompt, _) => FakeChatClient.Say(
            prompt.StartsWith("Item: Alien", StringComparison.Ordinal) ? "1" : prompt.StartsWith("Item: Emma", StringComparison.Ordinal) ? "Similar: 1." : "None of the 2 is similar"));
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
    public async Task Judge_SentenceForAnAnswer_FailsAndIsAskedAgain()
    {
        using var client = new FakeChatClient((prompt, time) => FakeChatClient.Say(prompt.StartsWith("Item: Emma", StringComparison.Ordinal) && time == 1 ? "Candidate 1 shares 2 things with it." : "1"));
        using var store = new InMemoryKnowledgeStore();
        var generator = new KnowledgeGenerator(client, store, ItemSimilarity.PromptVersion);
        int[][] candidates = [[1, 2], [0, 3], [3, 0], [2, 1]];
        var (neighbors, report) = await ItemSimilarity.JudgeAsync(Texts, candidates, generator, store);
        Assert.Equal([1, 1, 0, 1], Enumerable.Range(0, 4).Select(neighbors.Degree));
        var failure = Assert.Single(report.Failures);
        Assert.Equal(("2", KnowledgeFailureKind.Unreadable), (failure.Id, failure.Kind));
        Assert.Contains("Candidate 1 shares 2 things", Assert.Throws<InvalidOperationException>(report.ThrowIfFailed).Message, StringComparison.Ordinal);
        Assert.Equal((3, 4), (report.Asked, report.Calls));
        Assert.Equal(KnowledgeFailureKind.Unreadable, Assert.Single(store.ReadFailures()).Kind);

        (neighbors, report) = await ItemSimilarity.JudgeAsync(Texts, candidates, generator, store);
        Assert.Equal((1, 3, 0), (report.Calls, report.Cached, report.Failures.Count));
        Assert.Equal([3], neighbors.Neighbors(2).ToArray());
        Assert.Empty(store.ReadFailures());
    }

    [Fact]
    public async Task Judge_StoredSentence_CountsAsFailed()
    {
        using var client = new FakeChatClient((_, _) => FakeChatClient.Say("1"));
        using var store = new InMemoryKnowledgeStore();
        var generator = new KnowledgeGenerator(client, store, ItemSimilarity.PromptVersion);
        string prompt = ItemSimilarity.Prompt(Texts[1], [Texts[0], Texts[3]]);
        store.Add([new(generator.Source, prompt, "I would say 1, as of 2024.")]);
        var (neighbors, report) = await ItemSimilarity.JudgeAsync(Texts, [[1, 2], [0, 3], [3, 0], [2, 1]], generator, store);
        Assert.Equal([1, 0, 1, 1], Enumerable.Range(0, 4).Select(neighbors.Degree));
        Assert.Equal((3, 0), (report.Asked, report.Cached));
        var failure = Assert.Single(report.Failures);
        Assert.Equal(("1", KnowledgeFailureKind.Unreadable), (failure.Id, failure.Kind));
        Assert.Contains("another store", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompt_Candidates_AreNumberedFromOne() => Assert.Contains("Candidates:\n1. B\n2. C\n\n", ItemSimilarity.Prompt("A", ["B", "C"]), StringComparison.Ordinal);
}
