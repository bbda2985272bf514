using System.Text;
using AutoGraph.Datasets;
using Xunit;

namespace AutoGraph.Managed.Tests.Datasets;

public sealed class KnowledgeFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private KnowledgeFile Read(string name, string text) => KnowledgeFile.Read(_folder.Write(name, text, Encoding.UTF8));

    [Theory]
    [InlineData("a.json")]
    [InlineData("a.json.gz")]
    public void Read_Object_SkipsAndCountsNullAndBlank(string name)
    {
        var file = Read(name, """{ "1": "a film", "2": null, "3": "é\n“x”", "4": "  " }""");
        Assert.Equal(2, file.Texts.Count);
        Assert.Equal("a film", file.Texts["1"]);
        Assert.Equal("é\n“x”", file.Texts["3"]);
        Assert.Equal(2, file.Skipped);
    }

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.ndjson")]
    [InlineData("a.jsonl.gz")]
    public void Read_Lines_TakesIdAndText(string name)
    {
        var file = Read(name, "{\"id\": \"u1\", \"text\": \"likes films\", \"source\": \"x\"}\r\n\n{\"text\": \"ü\", \"id\": 7}\n{\"id\":\"8\",\"text\":null}");
        Assert.Equal(["7", "u1"], file.Texts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("ü", file.Texts["7"]);
        Assert.Equal(1, file.Skipped);
    }

    [Fact]
    public void Read_ByteOrderMark_IsIgnored() => Assert.Equal("x", Read("a.json", "\uFEFF{\"1\":\"x\"}").Texts["1"]);

    [Theory]
    [InlineData("a.json", "{\n\"1\": \"x\",\n\"2\" \"y\"}", "line 3: expected JSON")]
    [InlineData("a.json", "", "line 1: expected JSON")]
    [InlineData("a.json", "[1]", "expected one JSON object {\"id\": \"text\", …}, found a JSON Array")]
    [InlineData("a.json", "{\"1\": \"x\", \"1\": \"y\"}", "found '1' again")]
    [InlineData("a.json", "{\"1\": null, \"1\": \"y\"}", "found '1' again")]
    [InlineData("a.json", "{\"1\": {\"text\": \"y\"}}", "id '1': expected a text or null, found '{\"text\": \"y\"}'")]
    [InlineData("a.json", "{\"\": \"x\"}", "expected an id")]
    [InlineData("a.json", "{\"1\": \"\\ud800\"}", "id '1': expected a text of whole Unicode characters")]
    [InlineData("a.jsonl", "{\"id\":\"1\",\"text\":\"x\"}\n{\"id\":\"2\"}", "line 2: expected an object with \"id\" and \"text\", found '{\"id\":\"2\"}'")]
    [InlineData("a.jsonl", "{\"id\":\"1\",\"text\":\"x\"}\n\nnonsense", "line 3: expected JSON, found 'nonsense'")]
    [InlineData("a.jsonl", "{\"id\":\"1\",\"text\":\"x\"}\n{\"id\":1,\"text\":\"y\"}", "line 2: expected each id once, found '1' again")]
    [InlineData("a.jsonl", "{\"id\":true,\"text\":\"y\"}", "expected a string or number as \"id\", found 'true'")]
    [InlineData("a.txt", "x", "(and .gz), found 'a.txt'")]
    public void Read_Malformed_NamesFilePlaceExpectedAndFound(string name, string text, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(name, text));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NotUtf8_SaysSo()
    {
        var error = Assert.Throws<InvalidDataException>(() => KnowledgeFile.Read(_folder.Write("a.json", "{\"1\":\"é\"}", Encoding.Latin1)));
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.json.gz")]
    public void Read_NotGzip_SaysSo(string name)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, "{\"id\":\"1\",\"text\":\"x\"}");
        var error = Assert.Throws<InvalidDataException>(() => KnowledgeFile.Read(path));
        Assert.Contains("gzip", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TruncatedGzip_SaysSo()
    {
        string lines = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"{{\"id\":{i},\"text\":\"{i * 7919 % 10_007}\"}}\n"));
        string path = _folder.Write("a.jsonl.gz", lines, Encoding.UTF8);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^2000]);
        var error = Assert.Throws<InvalidDataException>(() => KnowledgeFile.Read(path));
        Assert.Contains("a.jsonl.gz", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_NamesIt()
    {
        var error = Assert.Throws<FileNotFoundException>(() => KnowledgeFile.Read(Path.Combine(_folder.Path, "none.json")));
        Assert.Contains("none.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RecordedMovieLensKnowledge_CoversTheItems()
    {
        var films = KnowledgeFile.Read(Path.Combine(SharedData.Folder("ml-1m"), "text", "llm_items_deepseek.json"));
        Assert.Equal(3_883, films.Texts.Count + films.Skipped);
        Assert.InRange(films.Skipped, 0, 1);
        Assert.Equal(942, KnowledgeFile.Read(Path.Combine(SharedData.Folder("ml-100k"), "text", "llm_users.jsonl")).Texts.Count);
        Assert.Equal(1_682, KnowledgeFile.Read(Path.Combine(SharedData.Folder("ml-100k"), "text", "llm_items.jsonl")).Texts.Count);
    }
}
