namespace AutoGraph.Onnx;

/// <summary>How the token vectors of a text become one vector.</summary>
public enum TokenPooling
{
    /// <summary>Mean over the tokens (sentence-transformers, E5, "LLM as encoder").</summary>
    Mean,

    /// <summary>The first token (BERT's [CLS]; BGE, GTE).</summary>
    Cls,

    /// <summary>The last token (decoder models trained for it).</summary>
    Last,
}
