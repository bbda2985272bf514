using AutoGraph.Orleans.Storage;
using AutoGraph.Semantics.Knowledge;
using Orleans.Serialization;

namespace AutoGraph.Orleans.Knowledge;

/// <summary>An answer as it is stored and sent.</summary>
[GenerateSerializer, Immutable, Alias("autograph.knowledge")]
internal sealed record StoredAnswer([property: Id(0)] string PromptVersion, [property: Id(1)] string Model, [property: Id(2)] string Options, [property: Id(3)] string Prompt, [property: Id(4)] string Text,
    [property: Id(5)] long? InputTokens, [property: Id(6)] long? OutputTokens, [property: Id(7)] TimeSpan Latency, [property: Id(8)] DateTimeOffset Created)
{
    internal static StoredAnswer Of(KnowledgeRecord record) =>
        new(record.Source.PromptVersion, record.Source.Model, record.Source.Options, record.Prompt, record.Text, record.InputTokens, record.OutputTokens, record.Latency, record.Created);

    internal KnowledgeRecord ToRecord() => new(new(PromptVersion, Model, Options), Prompt, Text) { InputTokens = InputTokens, OutputTokens = OutputTokens, Latency = Latency, Created = Created };
}

/// <summary>Answers of one partition: in memory, and in grain storage before they count.</summary>
/// <remarks>Safe for concurrent use. Its members wait for the storage, so generators that use it run outside the scheduler of the grain.</remarks>
internal sealed class GrainKnowledgeStore : IKnowledgeStore
{
    private const int MostTries = 300;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private readonly InMemoryKnowledgeStore _known = new();
    private readonly Lock _gate = new();
    private readonly Serializer<List<StoredAnswer>> _serializer;
    private GrainLog _log = null!;

    private GrainKnowledgeStore(Serializer<List<StoredAnswer>> serializer) => _serializer = serializer;

    internal static async Task<GrainKnowledgeStore> OpenAsync(global::Orleans.Storage.IGrainStorage storage, string name, Serializer<List<StoredAnswer>> serializer)
    {
        var store = new GrainKnowledgeStore(serializer);
        store._log = await GrainLog.OpenAsync(storage, name, content => store._known.Add([.. serializer.Deserialize(content)!.Select(answer => answer.ToRecord())]));
        return store;
    }

    public long Count => _known.Count;

    public KnowledgeRecord? Find(string key) => _known.Find(key);

    public int Add(IReadOnlyCollection<KnowledgeRecord> records)
    {
        lock (_gate)
        {
            KnowledgeRecord[] added = [.. records.Where(record => _known.Find(record.Key) is null).DistinctBy(record => record.Key)];
            if (added.Length > 0) Append([.. added.Select(StoredAnswer.Of)]);
            return _known.Add(records);
        }
    }

    public void AddFailures(IReadOnlyCollection<FailedPrompt> failures) => _known.AddFailures(failures);

    public IEnumerable<FailedPrompt> ReadFailures() => _known.ReadFailures();

    public IReadOnlySet<string> Claim(string owner, IReadOnlyCollection<string> keys, TimeSpan lease) => _known.Claim(owner, keys, lease);

    public void Release(string owner, IReadOnlyCollection<string> keys) => _known.Release(owner, keys);

    public IEnumerable<KnowledgeRecord> ReadAll() => _known.ReadAll();

    public float[]? FindEmbedding(string encoder, string textHash) => _known.FindEmbedding(encoder, textHash);

    public void AddEmbeddings(string encoder, IReadOnlyCollection<KeyValuePair<string, float[]>> embeddings) => _known.AddEmbeddings(encoder, embeddings);

    public void Dispose() => _known.Dispose();

    // what is paid for is not given up because the storage is away for a while
    private void Append(List<StoredAnswer> answers)
    {
        byte[] content = _serializer.SerializeToArray(answers);
        for (int tries = 1; ; tries++)
        {
            try
            {
                _log.AppendAsync(content).GetAwaiter().GetResult();
                return;
            }
            catch (IOException) when (tries < MostTries)
            {
                Thread.Sleep(Retry);
            }
        }
    }
}
