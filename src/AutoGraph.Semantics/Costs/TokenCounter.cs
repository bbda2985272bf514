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

    // What goes along with each prompt, the same each time: instructions, tools, and the schema that answers must have.
    private readonly Lazy<long> _besideTokens = new(() => Beside(chat).Sum(text => (long)(tokenizer ?? Default.Value).CountTokens(text)) + Marks(chat));
    private readonly Lazy<long> _besideBytes = new(() => Beside(chat).Sum(text => (long)System.Text.Encoding.UTF8.GetByteCount(text)) + Marks(chat));

    public long Count(string prompt) => (tokenizer ?? Default.Value).CountTokens(prompt) + _besideTokens.Value;

    /// <summary>
    /// Never less than the model counts: where its own tokenizer was not given, the UTF-8 bytes, since no token is shorter than a byte. What an endpoint's
    /// own tools, such as a search, add to the prompt nobody knows before.
    /// </summary>
    public long Bound(string prompt) => tokenizer is not null ? Count(prompt) : System.Text.Encoding.UTF8.GetByteCount(prompt) + _besideBytes.Value;

    /// <summary>Tokens of the marks around the prompt, each tool and the schema.</summary>
    private static long Marks(ChatOptions? chat) => TemplateTokens * (1L + (chat?.Tools?.Count ?? 0) + (chat?.ResponseFormat is ChatResponseFormatJson { Schema: not null } ? 1 : 0));

    private static IEnumerable<string> Beside(ChatOptions? chat)
    {
        if (chat is null) yield break;
        yield return chat.Instructions ?? "";
        foreach (var tool in chat.Tools ?? [])
        {
            yield return tool.Name;
            yield return tool.Description;
            yield return (tool as AIFunctionDeclaration)?.JsonSchema.ToString() ?? "";
        }
        if (chat.ResponseFormat is not ChatResponseFormatJson { Schema: { } schema } json) yield break;
        yield return json.SchemaName ?? "";
        yield return json.SchemaDescription ?? "";
        yield return schema.GetRawText();
    }
}
