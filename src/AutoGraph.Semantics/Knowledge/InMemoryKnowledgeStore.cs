using System.Collections.Concurrent;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>A knowledge store that lives as long as the object: for tests, and for knowledge that is imported anew each time.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class InMemoryKnowledgeStore : IKnowledgeStore
{
    private readonly ConcurrentDictionary<string, KnowledgeRecord> _records = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Encoder, string TextHash), float[]> _embeddings = new();

    /// <inheritdoc/>
    public long Count => _records.Count;

    /// <inheritdoc/>
    public KnowledgeRecord? Find(string key) => _records.GetValueOrDefault(key);

    /// <inheritdoc/>
    public int Add(IReadOnlyCollection<KnowledgeRecord> records) => records.Count(record => _records.TryAdd(record.Key, record));

    /// <inheritdoc/>
    public IEnumerable<KnowledgeRecord> ReadAll() => _records.Values.OrderBy(r => r.Key, StringComparer.Ordinal);

    /// <inheritdoc/>
    public float[]? FindEmbedding(string encoder, string textHash) =>
        _embeddings.TryGetValue((encoder, textHash), out var vector) ? [.. vector] : null;

    /// <inheritdoc/>
    public void AddEmbeddings(string encoder, IReadOnlyCollection<KeyValuePair<string, float[]>> embeddings)
    {
        foreach (var (hash, vector) in embeddings) _embeddings.TryAdd((encoder, hash), [.. vector]);
    }

    /// <summary>Does nothing.</summary>
    public void Dispose()
    {
    }
}
