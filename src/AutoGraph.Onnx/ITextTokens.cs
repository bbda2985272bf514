namespace AutoGraph.Onnx;

/// <summary>A text as token ids of an encoder. Safe for concurrent use.</summary>
internal interface ITextTokens
{
    /// <summary>Special tokens before each piece of text, such as [CLS].</summary>
    int[] Before { get; }

    /// <summary>Special tokens behind it, such as [SEP].</summary>
    int[] After { get; }

    /// <summary>Settings that the tokenizer's file does not imply, as part of the encoder's id; empty where there are none.</summary>
    string Settings { get; }

    /// <summary>Ids of the text itself; none for white space.</summary>
    int[] Encode(ReadOnlySpan<char> text);
}
