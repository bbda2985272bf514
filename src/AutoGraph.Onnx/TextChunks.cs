using System.Text.RegularExpressions;

namespace AutoGraph.Onnx;

/// <summary>Splits a text into pieces that fit an encoder's window.</summary>
internal static partial class TextChunks
{
    public delegate int[] Tokenizer(ReadOnlySpan<char> text);

    /// <summary>Token ids of each chunk, none longer than <paramref name="window"/>; none at all for a text without tokens.</summary>
    public static List<int[]> Split(string text, int window, Tokenizer encode)
    {
        var whole = encode(text);
        if (whole.Length == 0) return [];
        if (whole.Length <= window) return [whole];

        var chunks = new List<int[]>();
        int start = 0, end = 0, tokens = 0; // the open chunk: characters [start, end)
        foreach (var unit in Units(text, window, encode))
        {
            var size = encode(text.AsSpan(unit).Trim()).Length;
            if (tokens > 0 && tokens + size > window)
            {
                Close();
                (start, tokens) = (unit.Start.Value, 0);
            }
            (end, tokens) = (unit.End.Value, tokens + size);
        }
        Close();
        return chunks;

        // Units that are joined may need other tokens than one by one, and one word alone may exceed the window: hence the cut.
        void Close() => chunks.AddRange(encode(text.AsSpan(start..end).Trim()).Chunk(window));
    }

    private static IEnumerable<Range> Units(string text, int window, Tokenizer encode)
    {
        foreach (var sentence in Pieces(text, 0..text.Length, SentenceBorder()))
        {
            if (encode(text.AsSpan(sentence).Trim()).Length <= window) yield return sentence;
            else foreach (var word in Pieces(text, sentence, WordBorder())) yield return word;
        }
    }

    /// <summary>The parts of a range between borders; the borders themselves belong to the part before.</summary>
    private static IEnumerable<Range> Pieces(string text, Range range, Regex border)
    {
        var (from, end) = (range.Start.Value, range.End.Value);
        for (var match = border.Match(text, from); match.Success && match.Index + match.Length < end; match = match.NextMatch())
        {
            yield return from..(match.Index + match.Length);
            from = match.Index + match.Length;
        }
        yield return from..end;
    }

    // A full stop counts where white space follows ("3.5" holds none), an ideographic one always, and so does a line break.
    [GeneratedRegex(@"[.!?…]+[""'”’»)\]]*\s+|[。！？]+[”’」』）]*\s*|[\r\n]+\s*")]
    private static partial Regex SentenceBorder();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WordBorder();
}
