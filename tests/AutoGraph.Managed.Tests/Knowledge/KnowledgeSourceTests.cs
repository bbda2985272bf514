using System.Security.Cryptography;
using System.Text.Json;
using AutoGraph.Semantics.Knowledge;
using Microsoft.Extensions.AI;
using Xunit;

namespace AutoGraph.Managed.Tests.Knowledge;

public class KnowledgeSourceTests
{
    [Fact]
    public void KeyOf_AnyPart_ChangesTheKey()
    {
        var source = new KnowledgeSource("p/1", "m", "o");
        string[] keys =
        [
            source.KeyOf("x"), source.KeyOf("y"), (source with { PromptVersion = "p/2" }).KeyOf("x"), (source with { Model = "n" }).KeyOf("x"),
            (source with { Options = "" }).KeyOf("x"), new KnowledgeSource("p/1", "mo", "").KeyOf("x"), new KnowledgeSource("p/1m", "", "o").KeyOf("x"),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        // Written out once: stores outlive releases.
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("3:p/11:m1:o1:x"u8)), keys[0]);
    }

    [Fact]
    public void Key_OfAChangedCopy_IsThatOfItsParts()
    {
        var (old, other) = (new KnowledgeSource("p/1", "m"), new KnowledgeSource("p/2", "m"));
        Assert.Equal(other.KeyOf("x"), (new KnowledgeRecord(old, "x", "text") with { Source = other }).Key);
        Assert.Equal(old.KeyOf("y"), (new FailedPrompt(old, "x", KnowledgeFailureKind.Empty, "nothing") with { Prompt = "y" }).Key);
        using var store = new InMemoryKnowledgeStore();
        store.Add([new KnowledgeRecord(old, "x", "text") with { Source = other }]);
        Assert.Equal("text", store.Find(other.KeyOf("x"))!.Text);
    }

    [Fact]
    public void Describe_Options_NamesWhatShapesTheAnswerInAFixedOrder()
    {
        Assert.Equal("", KnowledgeSource.Describe(null));
        Assert.Equal("", KnowledgeSource.Describe(new() { ModelId = "elsewhere" }));
        Assert.Equal(
            "temperature=0.2;top_p=0.9;seed=7",
            KnowledgeSource.Describe(new() { Seed = 7, MaxOutputTokens = 400, TopP = 0.9f, Temperature = 0.2f }));
    }

    [Theory]
    [InlineData("temperature=0.2;top_p=0.9;max_output_tokens=400;seed=7", "temperature=0.2;top_p=0.9;seed=7")]
    [InlineData("max_output_tokens=400", "")]
    public void Options_OfOlderVersions_LoseTheLimitOfTokens(string old, string today)
    {
        Assert.Equal(new KnowledgeSource("p/1", "m", today), new KnowledgeSource("p/1", "m", old));
        Assert.Equal(new KnowledgeSource("p/1", "m", today).KeyOf("x"), (new KnowledgeSource("p/1", "m") with { Options = old }).KeyOf("x"));
    }

    [Fact]
    public void Describe_PropertiesAndInstructions_CountWithoutBeingShown()
    {
        var one = KnowledgeSource.Describe(new() { Instructions = "be brief", AdditionalProperties = new() { ["a"] = "marked-secret", ["b"] = 1 } });
        var swapped = KnowledgeSource.Describe(new() { Instructions = "be brief", AdditionalProperties = new() { ["b"] = 1, ["a"] = "marked-secret" } });
        var other = KnowledgeSource.Describe(new() { Instructions = "be brief", AdditionalProperties = new() { ["a"] = "marked-secret", ["b"] = 2 } });
        Assert.Equal(one, swapped);
        Assert.NotEqual(one, other);
        Assert.DoesNotContain("marked-secret", one, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_WhatShapesAnswersByItsContent_TellsContentsApart()
    {
        string[] described =
        [
            Of(new() { ResponseFormat = ChatResponseFormat.Json }),
            Of(new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(Schema("genre")) }),
            Of(new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(Schema("mood")) }),
            Of(new() { AdditionalProperties = new() { ["logit_bias"] = new Dictionary<string, int> { ["50256"] = -100 } } }),
            Of(new() { AdditionalProperties = new() { ["logit_bias"] = new Dictionary<string, int> { ["50256"] = 100 } } }),
            Of(new() { Tools = [new HostedWebSearchTool()] }),
            Of(new() { Tools = [new HostedWebSearchTool()], ToolMode = ChatToolMode.RequireAny }),
        ];
        Assert.Equal(described.Length, described.Distinct().Count());
        Assert.Equal("format=json", described[0]);      // written out once: stores outlive releases
        Assert.Equal(described[1], Of(new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(Schema("genre")) }));

        static string Of(ChatOptions options) => KnowledgeSource.Describe(options);

        static JsonElement Schema(string property) => JsonDocument.Parse("{\"" + property + "\": true}").RootElement;
    }
}
