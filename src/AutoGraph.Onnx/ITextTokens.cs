namespace AutoGraph.Onnx;

/// <summary>A text as token ids of an encoder. Safe for concurrent use.</summary>
internal interface ITextTokens
{
    /// <summary>Special tokens before each piece of text, such as [CLS].</summary>
    int[] Before { get; }

    /// <summary>Special tokens behind it, such as [SEP].</summary>
    int[] After { get; }

    /// <summary>Ids of the text itself; none for white space.</summary>
    int[] Encode(ReadOnlySpan<char> text);
}
