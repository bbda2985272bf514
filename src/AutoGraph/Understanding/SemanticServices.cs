using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.Knowledge;

namespace AutoGraph;

/// <summary>What understands rows that were not fitted on: an encoder, and answers of a language model.</summary>
/// <param name="Embedder">The encoder, or null until one is attached.</param>
/// <param name="Store">Stored answers, or null.</param>
/// <param name="Generator">Asks the language model, or null; getters never use it.</param>
internal sealed record SemanticServices(TextEmbedder? Embedder, IKnowledgeStore? Store = null, KnowledgeGenerator? Generator = null);
