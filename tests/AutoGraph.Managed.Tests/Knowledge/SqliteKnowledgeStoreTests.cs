using AutoGraph.Semantics.Knowledge;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AutoGraph.Managed.Tests.Knowledge;

public sealed class SqliteKnowledgeStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("knowledge-").FullName;

    private string FilePath => Path.Combine(_folder, "knowledge.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static KnowledgeRecord Record(int i, string text = "text") => new(new("p/1", "m", "seed=1"), $"prompt {i} – ü", text)
    {
        InputTokens = i,
        Latency = TimeSpan.FromMilliseconds(1.5),
        Created = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000 + i),
    };

    [Fact]
    public void Add_Reopened_GivesEqualRecords()
    {
        using (var store = new SqliteKnowledgeStore(Path.Combine(_folder, "new", "folder", "k.db"))) Assert.Equal(2, store.Add([Record(1), Record(2)]));
        using var again = new SqliteKnowledgeStore(Path.Combine(_folder, "new", "folder", "k.db"));
        Assert.Equal(2, again.Count);
        Assert.Equal(Record(2), again.Find(Record(2).Key));
        Assert.Null(again.Find(Record(3).Key));
    }

    [Fact]
    public void Add_KnownKey_KeepsTheFirstAnswer()
    {
        using var store = new SqliteKnowledgeStore(FilePath);
        Assert.Equal(1, store.Add([Record(1, "first"), Record(1, "second")]));
        Assert.Equal(0, store.Add([Record(1, "third")]));
        Assert.Equal("first", store.Find(Record(1).Key)!.Text);
    }

    [Fact]
    public void ReadAll_MoreThanAPage_GivesEachOnceInOrderOfKeys()
    {
        using var store = new SqliteKnowledgeStore(FilePath);
        store.Add([.. Enumerable.Range(0, 2500).Select(i => Record(i))]);
        var keys = store.ReadAll().Select(r => r.Key).ToArray();
        Assert.Equal(Enumerable.Range(0, 2500).Select(i => Record(i).Key).Order(StringComparer.Ordinal), keys);
    }

    [Fact]
    public void AddEmbeddings_Reopened_GivesTheSameBits()
    {
        float[] vector = [1.5f, -0f, float.Epsilon, 1e30f];
        using (var store = new SqliteKnowledgeStore(FilePath)) store.AddEmbeddings("e", [new("hash", vector), new("hash", [9])]);
        using var again = new SqliteKnowledgeStore(FilePath);
        Assert.Equal(vector.Select(BitConverter.SingleToInt32Bits), again.FindEmbedding("e", "hash")!.Select(BitConverter.SingleToInt32Bits));
        Assert.Null(again.FindEmbedding("other", "hash"));
    }

    [Fact]
    public void Open_Twice_BothWriteAndSeeEachOther()
    {
        using var one = new SqliteKnowledgeStore(FilePath);
        using var two = new SqliteKnowledgeStore(FilePath);
        Parallel.For(0, 60, i => Assert.InRange((i % 2 == 0 ? one : two).Add([Record(i), Record(i + 1)]), 0, 2));
        Assert.Equal((61L, 61L), (one.Count, two.Count));
    }

    [Fact]
    public void Open_FirstTimeByMany_MakesOneStore()
    {
        Parallel.For(0, 8, new() { MaxDegreeOfParallelism = 8 }, i =>
        {
            using var store = new SqliteKnowledgeStore(FilePath);
            store.Add([Record(i)]);
        });
        using var store = new SqliteKnowledgeStore(FilePath);
        Assert.Equal(8, store.Count);
    }

    [Fact]
    public void Open_Store_IsDurableByWriteAheadLogAndFullSync()
    {
        using var store = new SqliteKnowledgeStore(FilePath);
        store.Add([Record(1)]);
        Assert.True(File.Exists(FilePath + "-wal"));
        // What a killed process leaves behind is the file and its log; together they hold the answer.
        var copy = Path.Combine(_folder, "copy.db");
        File.Copy(FilePath, copy);
        File.Copy(FilePath + "-wal", copy + "-wal");
        using var survivor = new SqliteKnowledgeStore(copy);
        Assert.Equal(Record(1), survivor.Find(Record(1).Key));
    }

    [Fact]
    public void Open_TextFile_IsRefusedAndLeftAsItIs()
    {
        File.WriteAllText(FilePath, new string('x', 5000));
        var error = Assert.Throws<InvalidDataException>(() => new SqliteKnowledgeStore(FilePath));
        Assert.Contains(FilePath, error.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 5000), File.ReadAllText(FilePath));
    }

    [Fact]
    public void Open_DatabaseOfAnotherProgram_IsRefusedAndLeftAsItIs()
    {
        Execute("CREATE TABLE bookmarks (id INTEGER)");
        var before = File.ReadAllBytes(FilePath);
        Assert.Contains("another program", Assert.Throws<InvalidDataException>(() => new SqliteKnowledgeStore(FilePath)).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void Open_NewerVersion_IsRefused()
    {
        using (new SqliteKnowledgeStore(FilePath)) { }
        Execute("PRAGMA user_version = 3");
        Assert.Contains("found version 3", Assert.Throws<InvalidDataException>(() => new SqliteKnowledgeStore(FilePath)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Open_DamagedFile_IsNamedAndLeftAsItIs(bool truncated)
    {
        using (var store = new SqliteKnowledgeStore(FilePath)) store.Add([.. Enumerable.Range(0, 500).Select(i => Record(i, new string('t', 300)))]);
        var bytes = File.ReadAllBytes(FilePath);
        if (truncated) bytes = bytes[..(bytes.Length / 2)];
        else bytes.AsSpan(8192, bytes.Length - 12_000).Fill(0xA5);
        File.WriteAllBytes(FilePath, bytes);

        Assert.Contains(FilePath, Assert.Throws<InvalidDataException>(() => new SqliteKnowledgeStore(FilePath)).Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void Find_RecordWhosePromptWasChanged_IsAnError()
    {
        using (var store = new SqliteKnowledgeStore(FilePath)) store.Add([Record(1)]);
        Execute("UPDATE knowledge SET prompt = 'another'");
        using var again = new SqliteKnowledgeStore(FilePath);
        Assert.Contains(FilePath, Assert.Throws<InvalidDataException>(() => again.Find(Record(1).Key)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_PathThatIsAFolder_NamesIt() =>
        Assert.Contains(_folder, Assert.Throws<IOException>(() => new SqliteKnowledgeStore(_folder)).Message, StringComparison.Ordinal);

    [Fact]
    public void Claim_KeyOfAnother_IsRefusedUntilItsLeaseEnds()
    {
        using var one = new SqliteKnowledgeStore(FilePath);
        using var two = new SqliteKnowledgeStore(FilePath);
        one.Add([Record(9)]);
        Assert.Equal(["a", "b"], one.Claim("one", ["a", "b", Record(9).Key], TimeSpan.FromMinutes(1)).Order(StringComparer.Ordinal)); // an answered key is nobody's
        Assert.Equal(["c"], two.Claim("two", ["a", "c"], TimeSpan.FromMinutes(1)));
        Assert.Equal(["a"], one.Claim("one", ["a"], TimeSpan.FromMinutes(-1))); // renewed, and over at once
        Assert.Equal(["a"], two.Claim("two", ["a", "b"], TimeSpan.FromMinutes(1)));
        two.Release("two", ["a", "b"]);
        Assert.Equal(["a"], one.Claim("one", ["a"], TimeSpan.FromMinutes(1)));
        Assert.Empty(two.Claim("two", ["b"], TimeSpan.FromMinutes(1))); // not two's to release
    }

    [Fact]
    public void AddFailures_ThenAnswer_KeepsTheLastReasonUntilAnswered()
    {
        using (var store = new SqliteKnowledgeStore(FilePath))
        {
            store.Add([Record(1)]);
            foreach (var reason in (string[])["first", "second"])
                store.AddFailures([new(Record(2).Source, Record(2).Prompt, KnowledgeFailureKind.Refused, reason), new(Record(1).Source, Record(1).Prompt, KnowledgeFailureKind.Empty, "too late")]);
        }
        using var again = new SqliteKnowledgeStore(FilePath);
        Assert.Equal((Record(2).Key, KnowledgeFailureKind.Refused, "second"), Assert.Single(again.ReadFailures()) is var f ? (f.Key, f.Kind, f.Reason) : default);
        again.Add([Record(2)]);
        Assert.Empty(again.ReadFailures());
    }

    [Fact]
    public void Open_StoreOfVersionOne_IsUpgradedWithItsAnswers()
    {
        using (var store = new SqliteKnowledgeStore(FilePath)) store.Add([Record(1)]);
        Execute("DROP TABLE claim; DROP TABLE failure; PRAGMA user_version = 1");
        using var again = new SqliteKnowledgeStore(FilePath);
        Assert.Equal(Record(1), again.Find(Record(1).Key));
        Assert.Equal(["x"], again.Claim("me", ["x"], TimeSpan.FromMinutes(1)));
        Assert.Empty(again.ReadFailures());
    }

    [Fact]
    public void Add_NullCharacters_AreRefusedInPromptsAndDroppedFromAnswers()
    {
        using var store = new SqliteKnowledgeStore(FilePath);
        var record = Record(1, $"be\0fore{new string('x', 5000)}");
        Assert.Contains("without U+0000", Assert.Throws<ArgumentException>(() => store.Add([record, record with { Source = new("p/1", "m", "a\0b") }])).Message, StringComparison.Ordinal);
        KnowledgeRecord prompt = new(record.Source, $"a film\0{new string('x', 5000)}", "text");
        Assert.Contains("behind 'a film'", Assert.Throws<ArgumentException>(() => store.Add([record, prompt])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => store.AddFailures([new(prompt.Source, prompt.Prompt, KnowledgeFailureKind.Empty, "")]));
        Assert.Equal(0, store.Count);
        store.Add([record]);
        Assert.Equal("before" + new string('x', 5000), store.Find(record.Key)!.Text);
        Assert.Single(store.ReadAll());
    }

    [Fact]
    public async Task Open_AnswersFiledUnderALimitOfTokens_AreFoundUnderAnyAndKept()
    {
        KnowledgeSource source = new("p/1", "fake-1", "temperature=0");
        using (var store = new SqliteKnowledgeStore(FilePath))
        {
            store.Add([.. Enumerable.Range(0, 4).Select(i => new KnowledgeRecord(source, $"prompt {i}", $"text {i}"))]);
            store.AddFailures([new(source, "prompt 4", KnowledgeFailureKind.Truncated, "cut off")]);
        }
        // as older versions filed them; prompt 3 was answered under two limits
        for (int i = 0; i < 4; i++) Age("knowledge", $"prompt {i}", 400);
        Age("failure", "prompt 4", 400);
        using (var store = new SqliteKnowledgeStore(Path.Combine(_folder, "other.db"))) store.Add([new(source, "prompt 3", "longer text 3")]);
        Execute($"ATTACH '{Path.Combine(_folder, "other.db")}' AS other; INSERT INTO knowledge SELECT * FROM other.knowledge");
        Age("knowledge", "prompt 3", 800);

        var client = new FakeChatClient();
        using (var store = new SqliteKnowledgeStore(FilePath))
        {
            var generator = new KnowledgeGenerator(client, store, "p/1", new() { Chat = new() { Temperature = 0, MaxOutputTokens = 1200 } });
            Assert.Equal(new(source, "prompt 4", KnowledgeFailureKind.Truncated, "cut off") { Created = Assert.Single(store.ReadFailures()).Created }, store.ReadFailures().Single());
            var report = await generator.GenerateAsync([.. Enumerable.Range(0, 5).Select(i => new KnowledgeRequest($"{i}", $"prompt {i}"))]);
            Assert.Equal((4, 1, 1), (report.Cached, report.Asked, client.Calls));
            Assert.Equal("text 1", store.Find(source.KeyOf("prompt 1"))!.Text);
            Assert.Empty(store.ReadFailures());
        }
        using var again = new SqliteKnowledgeStore(FilePath);
        Assert.Equal(6, again.Count);
        Assert.Equal(["About prompt 4", "longer text 3", "text 0", "text 1", "text 2", "text 3"], again.ReadAll().Select(record => record.Text).Order(StringComparer.Ordinal));
        KnowledgeJsonLines.Export(again, Path.Combine(_folder, "k.jsonl"));
        using var copy = new InMemoryKnowledgeStore();
        Assert.Equal(5, KnowledgeJsonLines.Import(copy, Path.Combine(_folder, "k.jsonl")));

        void Age(string table, string prompt, int limit)
        {
            string options = $"temperature=0;max_output_tokens={limit}";
            Execute($"UPDATE {table} SET options = '{options}', key = '{KnowledgeSource.KeyOfParts("p/1", "fake-1", options, prompt)}' WHERE key = '{source.KeyOf(prompt)}'");
        }
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
