using AutoGraph.Semantics.ItemGraphs;
using Xunit;

namespace AutoGraph.Managed.Tests.ItemGraphs;

public sealed class PhraseGraphTests
{
    private static readonly PhraseGraphOptions Wide = new() { MinTexts = 2, MaxShare = 1 };

    [Fact]
    public void Mine_FourTexts_KeepsWhatTwoTextsShare()
    {
        string[] texts = ["A space opera, with a heist.", "The space opera of robots", "Robots and a heist in Rome", "Cooking"];
        var graph = PhraseGraph.Mine(texts, Wide);
        Assert.Equal(["heist", "opera", "robots", "space", "space opera"], graph.Phrases);
        Assert.Equal(["heist", "opera", "space", "space opera"], Of(graph, 0));
        Assert.Equal(["opera", "robots", "space", "space opera"], Of(graph, 1));
        Assert.Equal(["heist", "robots"], Of(graph, 2));
        Assert.Empty(Of(graph, 3));
    }

    [Fact]
    public void Mine_StopWordOrPunctuationBetween_IsNoPair()
    {
        string[] texts = ["dark, stormy night of terror", "dark. stormy night of terror"];
        Assert.Equal(["dark", "night", "stormy", "stormy night", "terror"], PhraseGraph.Mine(texts, Wide).Phrases);
    }

    [Fact]
    public void Mine_ManyPhrases_KeepsTheRarestAndMostFrequent()
    {
        // N = 6; tf · ln(N/df): crew 2 · ln 3 = 2.2, mars 1 · ln 3 = 1.1, ship 1 · ln 2 = 0.7
        string[] texts = ["ship. crew. crew. mars", "ship. crew", "ship. mars", "tea. milk", "tea. milk", "nothing"];
        var graph = PhraseGraph.Mine(texts, Wide with { PhrasesPerItem = 1 });
        Assert.Equal(["crew"], Of(graph, 0));
        Assert.Equal(["crew", "mars"], Of(PhraseGraph.Mine(texts, Wide with { PhrasesPerItem = 2 }), 0));
    }

    [Fact]
    public void Mine_PhraseOfNearlyEveryText_IsLeftOut() =>
        Assert.Equal(["war"], PhraseGraph.Mine(["film. war", "film. war", "film. x1", "film. x2"], new() { MinTexts = 2, MaxShare = 0.5 }).Phrases);

    [Fact]
    public void Mine_NothingShared_SaysWhatToChange() =>
        Assert.Contains("MinTexts", Assert.Throws<ArgumentException>(() => PhraseGraph.Mine(["alpha", "beta"])).Message, StringComparison.Ordinal);

    [Fact]
    public void Mine_InvalidOptions_ListsAll()
    {
        var error = Assert.Throws<ArgumentException>(() => PhraseGraph.Mine(["a"], new() { MinTexts = 1, MaxShare = double.NaN, PhrasesPerItem = 0 }));
        foreach (string name in (string[])["MinTexts", "MaxShare", "PhrasesPerItem"]) Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PhrasesOf_TextOfTheGraph_AreTheEdgesItHas()
    {
        string[] texts = ["A space opera, with a heist.", "The space opera of robots", "Robots and a heist in Rome", "Cooking", "Robots rob a space bank. Robots!"];
        for (int most = 1; most < 5; most++)
        {
            var graph = PhraseGraph.Mine(texts, Wide with { PhrasesPerItem = most });
            for (int item = 0; item < texts.Length; item++) Assert.Equal(graph.ItemPhrases.Neighbors(item).ToArray(), graph.PhrasesOf(texts[item]));
        }
    }

    [Fact]
    public void PhrasesOf_NewText_KnowsOnlyPhrasesOfTheGraph()
    {
        var graph = PhraseGraph.Mine(["A space opera", "The space opera of robots", "robots"], Wide);
        Assert.Equal(["robots", "space"], graph.PhrasesOf("Robots in space, and a heist").Select(phrase => graph.Phrases[phrase]));
        Assert.Empty(graph.PhrasesOf(""));
    }

    private static string[] Of(PhraseGraph graph, int item) => [.. graph.ItemPhrases.Neighbors(item).ToArray().Select(phrase => graph.Phrases[phrase])];
}
