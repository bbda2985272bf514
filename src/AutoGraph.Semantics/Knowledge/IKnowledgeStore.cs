namespace AutoGraph.Semantics.Knowledge;

/// <summary>Keeps what language models and encoders answered, so that nothing is paid for twice.</summary>
/// <remarks>
/// Implementations are safe for concurrent use. Members are synchronous because ML.NET's getters are; additions come in batches,
/// so that one commit makes many answers durable.
/// </remarks>
public interface IKnowledgeStore : IDisposable
{
    /// <summary>Number of answers.</summary>
    long Count { get; }

    /// <summary>The answer of a key (<see cref="KnowledgeSource.KeyOf"/>), or null.</summary>
    /// <remarks>
    /// A store that outlives its process files answers by <see cref="KnowledgeRecord.Key"/> of the records it reads back, not by keys written down before: older
    /// versions counted <c>max_output_tokens</c> among the options.
    /// </remarks>
    KnowledgeRecord? Find(string key);

    /// <summary>
    /// Adds answers and returns once they are durable. A key that is there already keeps its first answer. Reservations and notes of failure of these keys end.
    /// </summary>
    /// <returns>How many were new.</returns>
    int Add(IReadOnlyCollection<KnowledgeRecord> records);

    /// <summary>Notes prompts that got no usable answer, in place of earlier notes, and ends their reservations; an answer ends the note.</summary>
    void AddFailures(IReadOnlyCollection<FailedPrompt> failures);

    /// <summary>Prompts that got no usable answer so far, in the order of their keys.</summary>
    IEnumerable<FailedPrompt> ReadFailures();

    /// <summary>Reserves keys for one run, so that no other asks for them; keys that are reserved for it already are renewed.</summary>
    /// <param name="owner">Id of the run.</param>
    /// <param name="keys">Keys to reserve.</param>
    /// <param name="lease">How long; after that others may have them.</param>
    /// <returns>The keys that are now reserved for the owner: those without an answer that nobody else holds.</returns>
    /// <remarks>A store that only one run uses at a time may leave this as it is: every key without an answer is granted.</remarks>
    IReadOnlySet<string> Claim(string owner, IReadOnlyCollection<string> keys, TimeSpan lease) =>
        keys.Where(key => Find(key) is null).ToHashSet(StringComparer.Ordinal);

    /// <summary>Ends the owner's reservations of keys.</summary>
    void Release(string owner, IReadOnlyCollection<string> keys)
    {
    }

    /// <summary>All answers, in the order of their keys.</summary>
    IEnumerable<KnowledgeRecord> ReadAll();

    /// <summary>The stored vector of a text, or null.</summary>
    /// <param name="encoder">Id of the encoder.</param>
    /// <param name="textHash">SHA-256 of the text's UTF-8 bytes, lowercase hexadecimal.</param>
    float[]? FindEmbedding(string encoder, string textHash);

    /// <summary>Adds vectors of an encoder by text hash and returns once they are durable. A hash that is there already keeps its vector.</summary>
    void AddEmbeddings(string encoder, IReadOnlyCollection<KeyValuePair<string, float[]>> embeddings);
}
