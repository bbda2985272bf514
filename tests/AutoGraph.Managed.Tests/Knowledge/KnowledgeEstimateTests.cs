using System.Text.Json;
using AutoGraph.Semantics.Costs;
using AutoGraph.Semantics.Knowledge;
using Microsoft.Extensions.AI;
using Microsoft.ML.Tokenizers;
using Xunit;

namespace AutoGraph.Managed.Tests.Knowledge;

public sealed class KnowledgeEstimateTests : IDisposable
{
    private readonly InMemoryKnowledgeStore _store = new();
    private readonly PriceTable _prices = new(new Dictionary<string, ModelPrice> { ["fake-1"] = new(2, 10) });

    public void Dispose() => _store.Dispose();

    private static KnowledgeRequest[] Rows => [new("1", "one two three"), new("2", "one two three"), new("3", "four"), new("4", "five six")];

    [Fact]
    public void Estimate_NothingStored_CountsDistinctPromptsTokensAndPrice()
    {
        var client = new FakeChatClient();
        var estimate = new KnowledgeGenerator(client, _store, "p/1", new() { Prices = _prices }).Estimate(Rows, new() { OutputTokensPerAnswer = 100, OutputTokensPerSecond = 50 });
        // o200k_base has a token for each of these words; 16 go to each chat template.
        Assert.Equal(new(4, 0, 3, 3 + 1 + 2 + 3 * 16, 300, (54 * 2 + 300 * 10) / 1e6m, TimeSpan.FromSeconds(6)), estimate);
        Assert.Equal(0, client.Calls);
    }

    [Fact]
    public async Task Estimate_AnswersStored_TakesTheirTokensAndLatency()
    {
        var generator = new KnowledgeGenerator(new FakeChatClient(), _store, "p/1", new() { Concurrency = 2 });
        _store.Add([.. Rows[..2].Select(row => new KnowledgeRecord(generator.Source, row.Prompt, "x") { OutputTokens = 40, Latency = TimeSpan.FromSeconds(3) })]);
        var estimate = generator.Estimate(Rows);
        Assert.Equal((2, 2, 80L, null, TimeSpan.FromSeconds(3)), (estimate.Cached, estimate.Prompts, estimate.OutputTokens, estimate.Cost, estimate.Duration));

        await generator.GenerateAsync(Rows, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(new(4, 4, 0, 0, 0, null, TimeSpan.Zero), generator.Estimate(Rows));
    }

    [Fact]
    public void Estimate_AnswersToOtherRows_CountWhereTheirSourceIsTheSame()
    {
        var generator = new KnowledgeGenerator(new FakeChatClient(), _store, "p/1", new() { Concurrency = 1 });
        _store.Add([.. new[] { 30, 50 }.Select(tokens => new KnowledgeRecord(generator.Source, $"another of {tokens}", "x") { OutputTokens = tokens, Latency = TimeSpan.FromSeconds(tokens) })]);
        _store.Add([new(generator.Source with { PromptVersion = "p/2" }, "longer", "x") { OutputTokens = 9000, Latency = TimeSpan.FromHours(1) }, new(generator.Source, "recorded", "x")]);
        var estimate = generator.Estimate(Rows);
        Assert.Equal((0, 3, 120L, TimeSpan.FromSeconds(120)), (estimate.Cached, estimate.Prompts, estimate.OutputTokens, estimate.Duration));
    }

    [Fact]
    public void Estimate_ToolsAndSchema_AreCounted()
    {
        ChatOptions plain = new(), tools = new() { Tools = [AIFunctionFactory.Create((string title, int year) => title, "look_up", "Looks a film up by its title and year.")] };
        ChatOptions schema = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse(Schema).RootElement) };
        Assert.True(Tokens(tools) > Tokens(plain) + 30);
        Assert.True(Tokens(schema) > Tokens(plain) + 20);

        long Tokens(ChatOptions chat) => new KnowledgeGenerator(new FakeChatClient(), _store, "p/1", new() { Chat = chat }).Estimate([new("1", "four")]).PromptTokens;
    }

    [Fact]
    public async Task GenerateAsync_BudgetBelowTheSchema_AsksNothing()
    {
        var client = new FakeChatClient();
        var options = new KnowledgeGeneratorOptions { Budget = 100, Prices = new(new Dictionary<string, ModelPrice> { ["fake-1"] = new(1_000_000, 0) }), Chat = new() { MaxOutputTokens = 9 } };
        var schema = options with { Chat = new() { MaxOutputTokens = 9, ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse(Schema).RootElement) } };
        // 4 bytes and 16 tokens of the template are within 100; with the schema's more than 80 bytes they are not.
        Assert.Equal(KnowledgeStop.Budget, (await new KnowledgeGenerator(client, _store, "p/1", schema).GenerateAsync([new("1", "four")], cancellationToken: TestContext.Current.CancellationToken)).Stopped);
        Assert.Equal(0, client.Calls);
        Assert.Equal(1, (await new KnowledgeGenerator(client, _store, "p/1", options).GenerateAsync([new("1", "four")], cancellationToken: TestContext.Current.CancellationToken)).Asked);
    }

    private const string Schema = """{ "type": "object", "properties": { "genre": { "type": "string" }, "mood": { "type": "string" } } }""";

    [Fact]
    public void Estimate_TokenizerAndInstructions_AreCounted()
    {
        var tokenizer = BertTokenizer.Create(new MemoryStream("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nfour\n"u8.ToArray()));
        var generator = new KnowledgeGenerator(new FakeChatClient(), _store, "p/1", new() { Tokenizer = tokenizer, Chat = new() { Instructions = "be brief" } });
        Assert.Equal(16 + tokenizer.CountTokens("four") + tokenizer.CountTokens("be brief"), generator.Estimate([new("1", "four")]).PromptTokens);
    }

    [Fact]
    public void Estimate_BadOptionsOrNoPrice_AreNamed()
    {
        var generator = new KnowledgeGenerator(new FakeChatClient(), _store, "p/1", new() { Prices = new(new Dictionary<string, ModelPrice> { ["other"] = new(1, 1) }) });
        var error = Assert.Throws<ArgumentException>(() => generator.Estimate(Rows, new() { OutputTokensPerAnswer = double.NaN, OutputTokensPerSecond = 0 }));
        Assert.Contains("OutputTokensPerAnswer", error.Message, StringComparison.Ordinal);
        Assert.Contains("OutputTokensPerSecond", error.Message, StringComparison.Ordinal);
        Assert.Contains("'fake-1', found only other", Assert.Throws<KeyNotFoundException>(() => generator.Estimate(Rows)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_BudgetWithoutWhatItNeeds_ListsAll()
    {
        var error = Assert.Throws<ArgumentException>(() => new KnowledgeGenerator(new FakeChatClient(), _store, "p/1", new() { Budget = 1, CircuitThreshold = 0, ClaimLease = TimeSpan.Zero }));
        foreach (var name in (string[])["Prices beside Budget", "Chat.MaxOutputTokens beside Budget", "CircuitThreshold", "ClaimLease"]) Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => new KnowledgeGenerator(new FakeChatClient(), _store, "p/1", new() { Budget = 1, Model = "dear", Prices = _prices, Chat = new() { MaxOutputTokens = 9 } }));
    }

    [Fact]
    public void PriceTable_Read_TakesJsonAndRefusesOthers()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, """{ "m": { "inputPerMillion": 0.15, "outputPerMillion": 0.6 } }""");
            Assert.Equal(new ModelPrice(0.15m, 0.6m), PriceTable.Read(path)["m"]);
            foreach (var bad in (string[])["[]", "null", """{ "m": { "inputPerMillion": 1 } }""", """{ "m": { "input": 1, "inputPerMillion": 1, "outputPerMillion": 1 } }""", """{ "m": { "inputPerMillion": -1, "outputPerMillion": 1 } }"""])
            {
                File.WriteAllText(path, bad);
                Assert.Contains(path, Assert.Throws<InvalidDataException>(() => PriceTable.Read(path)).Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }
}
