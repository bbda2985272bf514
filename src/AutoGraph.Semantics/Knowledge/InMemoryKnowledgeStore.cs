using System.Collections.Concurrent;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>A knowledge store that lives as long as the object: for tests, and for knowledge that is imported anew each time.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class InMemoryKnowledgeStore : IKnowledgeStore
{
    private readonly ConcurrentDictionary<string, KnowledgeRecord> _records = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FailedPrompt> _failures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Owner, DateTimeOffset Until)> _claims = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Encoder, string TextHash), float[]> _embeddings = new();

    /// <inheritdoc/>
    public long Count => _records.Count;

    /// <inheritdoc/>
    public KnowledgeRecord? Find(string key) => _records.GetValueOrDefault(key);

    /// <inheritdoc/>
    public int Add(IReadOnlyCollection<KnowledgeRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        lock (_claims)
        {
            var added = 0;
            foreach (var record in records)
            {
                var key = record.Key;
                if (_records.TryAdd(key, record)) added++;
                _failures.TryRemove(key, out _);
                _claims.Remove(key);
            }
            return added;
        }
    }

    /// <inheritdoc/>
    public void AddFailures(IReadOnlyCollection<FailedPrompt> failures)
    {
        ArgumentNullException.ThrowIfNull(failures);
        lock (_claims)
            foreach (var failure in failures)
            {
                var key = failure.Key;
                if (!_records.ContainsKey(key)) _failures[key] = failure;
                _claims.Remove(key);
            }
    }

    /// <inheritdoc/>
    public IEnumerable<FailedPrompt> ReadFailures() => _failures.ToArray().OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value);

    /// <inheritdoc/>
    public IReadOnlySet<string> Claim(string owner, IReadOnlyCollection<string> keys, TimeSpan lease)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var now = DateTimeOffset.UtcNow;
        var granted = new HashSet<string>(StringComparer.Ordinal);
        lock (_claims)
            foreach (var key in keys)
            {
                if (_records.ContainsKey(key) || _claims.TryGetValue(key, out var other) && other.Owner != owner && other.Until >= now) continue;
                _claims[key] = (owner, now + lease);
                granted.Add(key);
            }
        return granted;
    }

    /// <inheritdoc/>
    public void Release(string owner, IReadOnlyCollection<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        lock (_claims)
            foreach (var key in keys)
                if (_claims.TryGetValue(key, out var claim) && claim.Owner == owner) _claims.Remove(key);
    }

    /// <inheritdoc/>
    public IEnumerable<KnowledgeRecord> ReadAll() => _records.ToArray().OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => r.Value);

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
