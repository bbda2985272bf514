using AutoGraph.Semantics.Knowledge;
using AutoGraph.Semantics.Prompting;
using Microsoft.Extensions.AI;
using Microsoft.ML;

namespace AutoGraph;

public sealed partial class AutoGraphCatalog
{
    /// <summary>Step 1 over a column of texts; see <see cref="SemanticVectorEstimator"/> for the columns.</summary>
    /// <param name="outputColumnName">Name of the column of vectors.</param>
    /// <param name="textColumnName">The texts, such as knowledge that is in the table already.</param>
    /// <param name="encoder">The encoder; null: the corpus encoder (TF-IDF and truncated SVD), which needs no file.</param>
    public SemanticVectorEstimator SemanticVector(string outputColumnName, string textColumnName, IEmbeddingGenerator<string, Embedding<float>>? encoder = null) =>
        SemanticVector(outputColumnName, new SemanticVectorOptions { TextColumn = textColumnName, Encoder = encoder });

    /// <summary>Step 1 with a language model: one call per row, answers kept in the store.</summary>
    /// <param name="outputColumnName">Name of the column of vectors.</param>
    /// <param name="prompt">The template over the columns of the row, such as <see cref="Prompts.FilmItem"/>.</param>
    /// <param name="chatClient">The language model.</param>
    /// <param name="encoder">The encoder; null: the corpus encoder.</param>
    /// <param name="store">Where answers are kept, so that none is paid for twice.</param>
    /// <param name="idColumnName">The id column, left out of prompts; null where there is none.</param>
    public SemanticVectorEstimator SemanticVector(string outputColumnName, PromptTemplate prompt, IChatClient chatClient,
        IEmbeddingGenerator<string, Embedding<float>>? encoder, IKnowledgeStore store, string? idColumnName = null) =>
        SemanticVector(outputColumnName, new SemanticVectorOptions { Prompt = prompt, ChatClient = chatClient, Encoder = encoder, Store = store, IdColumn = idColumnName });

    /// <summary>Step 1 with all options.</summary>
    /// <param name="outputColumnName">Name of the column of vectors.</param>
    /// <param name="options">Where the text comes from and what encodes it.</param>
    /// <exception cref="ArgumentException">The options contradict each other; the message lists everything.</exception>
    public SemanticVectorEstimator SemanticVector(string outputColumnName, SemanticVectorOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentNullException.ThrowIfNull(options);
        return new SemanticVectorEstimator(Environment, outputColumnName, options);
    }

    /// <summary>Gives a loaded model what files do not hold: the encoder, the language model and the store, for rows it has not seen.</summary>
    /// <returns>The same model with them; the given one is not changed.</returns>
    /// <param name="model">A fitted or loaded model.</param>
    /// <param name="encoder">The encoder that made the vectors; null keeps what is there. Steps with a corpus encoder keep their own.</param>
    /// <param name="chatClient">The language model that was asked; null keeps what is there.</param>
    /// <param name="store">The store with the answers; null keeps what is there.</param>
    /// <param name="generation">
    /// How the language model was asked (<see cref="SemanticVectorOptions.Generation"/>), needed where the fit gave <see cref="KnowledgeGeneratorOptions.Chat"/> or
    /// <see cref="KnowledgeGeneratorOptions.Model"/>: answers are filed under them. Null keeps what is there; a loaded model has none.
    /// </param>
    /// <remarks>
    /// Each step takes the encoder and the language model that agree with its fit: where users and items have different ones, attach one after the other.
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// There is nothing to attach or no step to attach it to; or every step that needs an encoder was fitted with another one, or every step that asks a language model
    /// asked another one, or otherwise.
    /// </exception>
    public ITransformer Attach(ITransformer model, IEmbeddingGenerator<string, Embedding<float>>? encoder = null, IChatClient? chatClient = null, IKnowledgeStore? store = null,
        KnowledgeGeneratorOptions? generation = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (encoder is null && chatClient is null && store is null && generation is null)
            throw new ArgumentException("Expected an encoder, a chat client, a store or options of the generation to attach, found none of them.");
        var attachment = new Attachment(new(encoder, chatClient, store, generation));
        var attached = TransformerSearch.Replace(model, Change);
        if (attachment.Steps == 0)
            throw new ArgumentException("Expected a model with a SemanticVector step, in the chain or in the side tables' pipelines; found none. Nothing needs to be attached to score it.", nameof(model));
        attachment.ThrowIfRefused();
        return attached;

        ITransformer Change(ITransformer part)
        {
            if (part is MetapathGraphTransformer graph) return graph.WithPipelines(pipeline => TransformerSearch.Replace(pipeline, Change));
            return part is SemanticVectorTransformer step ? attachment.To(step) : part;
        }
    }
}
