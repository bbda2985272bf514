using AutoGraph.Semantics.Knowledge;
using Xunit;

namespace AutoGraph.Managed.Tests.Knowledge;

public sealed class KnowledgeFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("knowledge-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static InMemoryKnowledgeStore Store(int count)
    {
        var store = new InMemoryKnowledgeStore();
        store.Add([.. Enumerable.Range(0, count).Select(i => new KnowledgeRecord(new("p/1", "m"), $"prompt {i}", $"\"text\"\n{i} ü 😀")
        {
            OutputTokens = i % 2 == 0 ? i : null, Latency = TimeSpan.FromMilliseconds(0.25 * i), Created = DateTimeOffset.UnixEpoch.AddSeconds(i),
        })]);
        return store;
    }

    [Fact]
    public void ExportImport_AllRecords_AreEqual()
    {
        using var store = Store(1200);
        var path = Write("knowledge.jsonl", "old");
        Assert.Equal(1200, KnowledgeJsonLines.Export(store, path));
        Assert.Equal(1200, File.ReadLines(path).Count());
        Assert.Equal([path], Directory.GetFiles(_folder));
        using var copy = new InMemoryKnowledgeStore();
        Assert.Equal(1200, KnowledgeJsonLines.Import(copy, path));
        Assert.Equal(0, KnowledgeJsonLines.Import(copy, path));
        Assert.Equal(store.ReadAll(), copy.ReadAll());
    }

    [Fact]
    public void Import_EditedOrMalformedLine_IsNamedAndWhatStandsBeforeIsKept()
    {
        using var store = Store(3);
        var path = Path.Combine(_folder, "k.jsonl");
        KnowledgeJsonLines.Export(store, path);
        var lines = File.ReadAllLines(path);
        foreach (var (bad, reason) in (ReadOnlySpan<(string, string)>)[(lines[1].Replace("prompt ", "Prompt ", StringComparison.Ordinal), "key"), ("{\"key\":", "line 2"), ("{}", "line 2"), ("null", "null")])
        {
            using var copy = new InMemoryKnowledgeStore();
            var error = Assert.Throws<InvalidDataException>(() => KnowledgeJsonLines.Import(copy, Write("bad.jsonl", $"{lines[0]}\n{bad}\n{lines[2]}\n")));
            Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
            Assert.Equal(1, copy.Count);
        }
    }

    [Fact]
    public void Import_LineOfAnOlderVersion_IsFiledWithoutTheLimitOfTokens()
    {
        const string Options = "max_output_tokens=400;seed=7";
        var line = $$"""{"key":"{{KnowledgeSource.KeyOfParts("p/1", "m", Options, "prompt")}}","prompt_version":"p/1","model":"m","options":"{{Options}}","prompt":"prompt","text":"text","input_tokens":null,"output_tokens":null,"latency_ms":0,"created":"2026-01-02T03:04:05+00:00"}""";
        using var store = new InMemoryKnowledgeStore();
        Assert.Equal(1, KnowledgeJsonLines.Import(store, Write("old.jsonl", line)));
        Assert.Equal("text", store.Find(new KnowledgeSource("p/1", "m", "seed=7").KeyOf("prompt"))!.Text);
    }

    [Fact]
    public void Import_NullCharacters_AreNamedInPromptsAndDroppedFromAnswers()
    {
        using var store = new InMemoryKnowledgeStore();
        store.Add([new(new("p/1", "m"), "prompt", "te\0xt")]);
        var path = Path.Combine(_folder, "nul.jsonl");
        KnowledgeJsonLines.Export(store, path);
        using var copy = new SqliteKnowledgeStore(Path.Combine(_folder, "copy.db"));
        Assert.Equal(1, KnowledgeJsonLines.Import(copy, path));
        Assert.Equal("text", copy.ReadAll().Single().Text);
        store.Add([new(new("p/2", "m"), "a film\0", "text")]);
        KnowledgeJsonLines.Export(store, path);
        Assert.Contains("without U+0000, found one behind 'a film'", Assert.Throws<InvalidDataException>(() => KnowledgeJsonLines.Import(copy, path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_RecordedAnswers_AreFoundByAGeneratorOfThatName()
    {
        using var store = new InMemoryKnowledgeStore();
        KnowledgeRequest[] rows = [new("1", "p1"), new("2", "p2"), new("3", "p3")];
        Assert.Equal(2, store.Import(new("film-item/1", "recorded"), rows, new Dictionary<string, string> { ["1"] = "one", ["2"] = " ", ["3"] = "three", ["9"] = "nine" }));
        var client = new FakeChatClient();
        var report = await new KnowledgeGenerator(client, store, "film-item/1", new() { Model = "recorded" }).GenerateAsync(rows);
        Assert.Equal((2, 1, 1), (report.Cached, report.Asked, client.Calls));
    }

    [Fact]
    public void Import_NoIdMatches_ShowsBothKindsOfIds()
    {
        using var store = new InMemoryKnowledgeStore();
        var error = Assert.Throws<InvalidDataException>(() => store.Import(new("p/1", "r"), [new("tt01", "p")], new Dictionary<string, string> { ["1"] = "one" }));
        Assert.Contains("'tt01'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'1'", error.Message, StringComparison.Ordinal);
    }
}
