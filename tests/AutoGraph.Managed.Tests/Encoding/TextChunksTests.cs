using AutoGraph.Onnx;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Encoders;

public class TextChunksTests
{
    // One token for each letter; punctuation and white space have none.
    private static int[] Letters(ReadOnlySpan<char> text) => [.. text.ToArray().Where(char.IsLetter).Select(c => (int)c)];

    private static string[] Split(string text, int window) =>
        [.. TextChunks.Split(text, window, Letters).Select(chunk => string.Concat(chunk.Select(id => (char)id)))];

    [Fact]
    public void Split_ThatFits_IsOneChunk() => Assert.Equal(["abcd"], Split("ab. cd.", 4));

    [Fact]
    public void Split_TooLong_BreaksAtSentencesAndPacksThem() =>
        Assert.Equal(["abcd", "efg", "hij"], Split("ab. cd! \"efg.\" hij?", 5));

    [Fact]
    public void Split_LineBreaksAndIdeographicStops_AreBorders()
    {
        Assert.Equal(["abc", "def"], Split("abc\ndef", 4));
        Assert.Equal(["天地人", "日月"], Split("天地人。日月", 4));
    }

    [Fact]
    public void Split_FullStopInsideAWord_IsNoBorder() => Assert.Equal(["ab", "cd.ef".Replace(".", "", StringComparison.Ordinal)], Split("ab cd.ef", 4));

    [Fact]
    public void Split_LongSentence_BreaksAtWords() => Assert.Equal(["abcd", "efg", "hij"], Split("ab cd efg hij", 5));

    [Fact]
    public void Split_LongWord_IsCut() => Assert.Equal(["abc", "def", "gh"], Split("abcdefgh", 3));

    [Fact]
    public void Split_WithoutTokens_IsNothing() => Assert.Empty(Split(" ... ", 3));

    [Fact]
    public void Split_AnyText_KeepsAllTokensInOrderWithinTheWindow() =>
        Gen.Select(Gen.Char["ab .!\n?"].Array[0, 60], Gen.Int[1, 9]).Sample((letters, window) =>
        {
            var text = new string(letters);
            var chunks = TextChunks.Split(text, window, Letters);
            Assert.Equal(Letters(text), chunks.SelectMany(c => c));
            Assert.All(chunks, c => Assert.InRange(c.Length, 1, window));
        });
}
