using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.Semantics.Prompting;
using Microsoft.Extensions.AI;
using Microsoft.ML;

namespace AutoGraph;

public sealed partial class AutoGraphCatalog
{
    /// <summary>Step 1 over texts that are there: encodes a column.</summary>
    /// <param name="outputColumnName">The column of vectors; may be the input's name, which it then hides.</param>
    /// <param name="textColumnName">The column of text.</param>
    /// <param name="encoder">The encoder; null: the corpus encoder, fitted on the column and saved with the model.</param>
    public SemanticVectorEstimator SemanticVector(string outputColumnName, string textColumnName, IEmbeddingGenerator<string, Embedding<float>>? encoder = null) =>
        SemanticVector(outputColumnName, new SemanticVectorOptions { TextColumn = textColumnName, Encoder = encoder });

    /// <summary>Step 1 with a language model: one call per distinct prompt, answers kept in the store.</summary>
    /// <param name="outputColumnName">The column of vectors.</param>
    /// <param name="prompt">The prompt, such as <c>Prompts.FilmItem</c>.</param>
    /// <param name="chatClient">The language model.</param>
    /// <param name="encoder">The encoder; null: the corpus encoder.</param>
    /// <param name="store">Keeps answers, so that nothing is paid for twice.</param>
    public SemanticVectorEstimator SemanticVector(string outputColumnName, PromptTemplate prompt, IChatClient chatClient, IEmbeddingGenerator<string, Embedding<float>>? encoder, IKnowledgeStore store) =>
        SemanticVector(outputColumnName, new SemanticVectorOptions { Prompt = prompt, ChatClient = chatClient, Encoder = encoder, Store = store });

    /// <summary>Step 1 with recorded answers.</summary>
    /// <param name="outputColumnName">The column of vectors.</param>
    /// <param name="idColumnName">The id column.</param>
    /// <param name="knowledge">Id → text.</param>
    /// <param name="encoder">The encoder; null: the corpus encoder.</param>
    public SemanticVectorEstimator SemanticVector(string outputColumnName, string idColumnName, IReadOnlyDictionary<string, string> knowledge, IEmbeddingGenerator<string, Embedding<float>>? encoder = null) =>
        SemanticVector(outputColumnName, new SemanticVectorOptions { RecordedKnowledge = knowledge, IdColumn = idColumnName, Encoder = encoder });

    /// <summary>Step 1 with all options; see <see cref="SemanticVectorEstimator"/> for the columns.</summary>
    /// <param name="outputColumnName">The column of vectors.</param>
    /// <param name="options">Source of texts and encoder.</param>
    /// <exception cref="ArgumentException">The options do not fit together; the message lists everything.</exception>
    public SemanticVectorEstimator SemanticVector(string outputColumnName, SemanticVectorOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentNullException.ThrowIfNull(options);
        return new SemanticVectorEstimator(Environment, outputColumnName, options);
    }

    /// <summary>Gives encoder, language model and store back to a loaded model, side pipelines included, so that it understands new rows.</summary>
    /// <param name="model">The model; it is not changed.</param>
    /// <param name="encoder">The encoder that the vectors were fitted with.</param>
    /// <param name="chatClient">The language model; needs <paramref name="store"/>. Answers are asked for by <see cref="SemanticVectorTransformer.FillAsync"/> only.</param>
    /// <param name="store">The knowledge store.</param>
    /// <param name="generation">How the language model is asked.</param>
    /// <param name="outputColumnName">The vector column meant; null: all of them.</param>
    /// <exception cref="ArgumentException">No such column, nothing to attach, or an encoder of another dimension than the one fitted.</exception>
    public ITransformer Attach(ITransformer model, IEmbeddingGenerator<string, Embedding<float>>? encoder = null, IChatClient? chatClient = null, IKnowledgeStore? store = null,
        KnowledgeGeneratorOptions? generation = null, string? outputColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (encoder is null && chatClient is null && store is null) throw new ArgumentException("Expected an encoder, a chat client or a store to attach, found none.", nameof(encoder));
        if (chatClient is not null && store is null) throw new ArgumentException("Expected a store for the answers of the chat client, found none: new SqliteKnowledgeStore(path).", nameof(store));
        var embedder = encoder is null ? null : new TextEmbedder(encoder);
        Func<string, KnowledgeGenerator>? generator = chatClient is null ? null : prompt => new KnowledgeGenerator(chatClient, store!, prompt, generation);
        int attached = 0;
        var changed = TransformerSearch.Replace(model, Change);
        if (attached == 0)
            throw new ArgumentException($"Expected a model with semantic vectors{(outputColumnName is null ? "" : $" in column '{outputColumnName}'")}, found none. Attach to the model that SemanticVector is part of.", nameof(model));
        Environment.Log("Attach", [$"{attached} columns of semantic vectors understand new rows."]);
        return changed;

        ITransformer Change(ITransformer part)
        {
            if (part is MetapathGraphTransformer graph) return graph.WithPipelines(pipeline => TransformerSearch.Replace(pipeline, Change));
            if (part is not SemanticVectorTransformer vectors || (outputColumnName is not null && vectors.OutputColumn != outputColumnName)) return part;
            attached++;
            return vectors.With(embedder, store, generator);
        }
    }
}
