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
                if (_records.TryAdd(record.Key, record)) added++;
                _failures.TryRemove(record.Key, out _);
                _claims.Remove(record.Key);
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
                if (!_records.ContainsKey(failure.Key)) _failures[failure.Key] = failure;
                _claims.Remove(failure.Key);
            }
    }

    /// <inheritdoc/>
    public IEnumerable<FailedPrompt> ReadFailures() => _failures.Values.OrderBy(f => f.Key, StringComparer.Ordinal);

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
