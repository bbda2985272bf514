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
    KnowledgeRecord? Find(string key);

    /// <summary>
    /// Adds answers and returns once they are durable. A key that is there already keeps its first answer.
    /// </summary>
    /// <returns>How many were new.</returns>
    int Add(IReadOnlyCollection<KnowledgeRecord> records);

    /// <summary>All answers, in the order of their keys.</summary>
    IEnumerable<KnowledgeRecord> ReadAll();

    /// <summary>The stored vector of a text, or null.</summary>
    /// <param name="encoder">Id of the encoder.</param>
    /// <param name="textHash">SHA-256 of the text's UTF-8 bytes, lowercase hexadecimal.</param>
    float[]? FindEmbedding(string encoder, string textHash);

    /// <summary>Adds vectors of an encoder by text hash and returns once they are durable. A hash that is there already keeps its vector.</summary>
    void AddEmbeddings(string encoder, IReadOnlyCollection<KeyValuePair<string, float[]>> embeddings);
}
