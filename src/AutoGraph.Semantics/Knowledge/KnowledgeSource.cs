using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>What an answer depends on besides the rendered prompt.</summary>
/// <param name="PromptVersion">Name and version of the prompt, such as <c>film-item/1</c>.</param>
/// <param name="Model">Id of the model, or the name of a recording.</param>
/// <param name="Options">
/// Generation options in canonical form (<see cref="Describe"/>); empty for the model's defaults. <c>max_output_tokens</c>, which older versions wrote there, is left out.
/// </param>
public sealed record KnowledgeSource(string PromptVersion, string Model, string Options = "")
{
    /// <summary>How older versions began the limit of an answer's length among <see cref="Options"/>.</summary>
    internal const string Limit = "max_output_tokens=";

    /// <summary>Generation options in canonical form (<see cref="Describe"/>); empty for the model's defaults.</summary>
    public string Options { get; init => field = WithoutLimit(value); } = WithoutLimit(Options);

    /// <summary>Store key of a rendered prompt: SHA-256, in hexadecimal, of prompt version, model, options and prompt.</summary>
    public string KeyOf(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return KeyOfParts(PromptVersion, Model, Options, prompt);
    }

    /// <summary>The key of parts as they are; with the limit among the options, the key of older versions.</summary>
    internal static string KeyOfParts(string promptVersion, string model, string options, string prompt)
    {
        var text = new StringBuilder();
        // Lengths keep the borders apart: ("ab", "c") and ("a", "bc") are different keys.
        foreach (var part in (string[])[promptVersion, model, options, prompt])
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}");
        return Hash(text.ToString());
    }

    /// <summary>Options without the limit of an answer's length.</summary>
    internal static string WithoutLimit(string options) => options.Contains(Limit, StringComparison.Ordinal)
        ? string.Join(';', options.Split(';').Where(part => !part.StartsWith(Limit, StringComparison.Ordinal))) : options;

    /// <summary>SHA-256 of a text's UTF-8 bytes, in lowercase hexadecimal.</summary>
    internal static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// The options that shape an answer, in a fixed order and spelling. Instructions, additional properties, tools and the schema of an answer
    /// enter as hashes: they are long, or may hold what must not be stored. <see cref="ChatOptions.MaxOutputTokens"/> is not among them: answers that it cut
    /// off are not stored, and no other depends on it.
    /// </summary>
    public static string Describe(ChatOptions? options)
    {
        if (options is null) return "";
        List<string> parts = [];
        Add("temperature", options.Temperature);
        Add("top_p", options.TopP);
        Add("top_k", options.TopK);
        Add("frequency_penalty", options.FrequencyPenalty);
        Add("presence_penalty", options.PresencePenalty);
        Add("seed", options.Seed);
        Add("reasoning", options.Reasoning?.Effort);
        Add("format", options.ResponseFormat switch
        {
            null => null,
            ChatResponseFormatJson { Schema: { } schema } json => $"json:{Short($"{json.SchemaName}\0{json.SchemaDescription}\0{schema.GetRawText()}")}",
            ChatResponseFormatJson => "json",
            _ => "text",
        });
        Add("stop", options.StopSequences is { Count: > 0 } stops ? Short(string.Join('\0', stops)) : null);
        Add("instructions", options.Instructions is { Length: > 0 } instructions ? Short(instructions) : null);
        Add("additional", options.AdditionalProperties is { Count: > 0 } more
            ? Short(string.Join('\0', more.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key}={Text(p.Value)}"))))
            : null);
        Add("tools", options.Tools is { Count: > 0 } tools ? Short(string.Join('\0', tools.Select(Tool))) : null);
        Add("tool_mode", options.ToolMode switch { null => null, AutoChatToolMode => "auto", NoneChatToolMode => "none", RequiredChatToolMode { RequiredFunctionName: { } name } => $"required:{name}", _ => "required" });
        return string.Join(';', parts);

        void Add(string name, object? value)
        {
            if (value is not null) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{name}={value}"));
        }

        static string Short(string text) => Hash(text)[..16];

        // lists and dictionaries by what is in them
        static object? Text(object? value) => value is IEnumerable and not string ? JsonSerializer.Serialize(value) : value;

        static string Tool(AITool tool) => $"{tool.GetType().Name}\0{tool.Name}\0{tool.Description}\0{(tool as AIFunctionDeclaration)?.JsonSchema}";
    }
}
