using Microsoft.Extensions.AI;
using Microsoft.ML.Tokenizers;

namespace AutoGraph.Semantics.Costs;

/// <summary>Tokens of prompts: a close count for estimates, an upper bound for budgets.</summary>
internal sealed class TokenCounter(Tokenizer? tokenizer, ChatOptions? chat)
{
    /// <summary>What chat templates put around a prompt: role marks and separators.</summary>
    public const int TemplateTokens = 16;

    /// <summary>The default: its counts are within some per cent of what other models' tokenizers of that size give for European languages.</summary>
    private static readonly Lazy<Tokenizer> Default = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    private readonly string _instructions = chat?.Instructions ?? "";

    public long Count(string prompt)
    {
        var counter = tokenizer ?? Default.Value;
        return counter.CountTokens(prompt) + (_instructions.Length > 0 ? counter.CountTokens(_instructions) : 0) + TemplateTokens;
    }

    /// <summary>
    /// Never less than the model counts: where its own tokenizer was not given, the UTF-8 bytes, since no token is shorter than a byte.
    /// </summary>
    public long Bound(string prompt) => tokenizer is not null ? Count(prompt)
        : System.Text.Encoding.UTF8.GetByteCount(prompt) + System.Text.Encoding.UTF8.GetByteCount(_instructions) + TemplateTokens;
}
