using AutoGraph.Semantics.Knowledge;

namespace AutoGraph.Managed.Tests.Knowledge;

/// <summary>Passes everything on to a store in memory; tests override what they disturb.</summary>
internal class PassingStore(InMemoryKnowledgeStore inner) : IKnowledgeStore
{
    public PassingStore() : this(new InMemoryKnowledgeStore())
    {
    }

    public long Count => inner.Count;

    public KnowledgeRecord? Find(string key) => inner.Find(key);

    public virtual int Add(IReadOnlyCollection<KnowledgeRecord> records) => inner.Add(records);

    public void AddFailures(IReadOnlyCollection<FailedPrompt> failures) => inner.AddFailures(failures);

    public IEnumerable<FailedPrompt> ReadFailures() => inner.ReadFailures();

    public virtual IReadOnlySet<string> Claim(string owner, IReadOnlyCollection<string> keys, TimeSpan lease) => inner.Claim(owner, keys, lease);

    public virtual void Release(string owner, IReadOnlyCollection<string> keys) => inner.Release(owner, keys);

    public IEnumerable<KnowledgeRecord> ReadAll() => inner.ReadAll();

    public float[]? FindEmbedding(string encoder, string textHash) => inner.FindEmbedding(encoder, textHash);

    public void AddEmbeddings(string encoder, IReadOnlyCollection<KeyValuePair<string, float[]>> embeddings) => inner.AddEmbeddings(encoder, embeddings);

    public virtual void Dispose() => inner.Dispose();
}
