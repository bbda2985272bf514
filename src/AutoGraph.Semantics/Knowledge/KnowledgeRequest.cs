namespace AutoGraph.Semantics.Knowledge;

/// <summary>A row to be understood.</summary>
/// <param name="Id">Id of the row.</param>
/// <param name="Prompt">Its rendered prompt.</param>
public sealed record KnowledgeRequest(string Id, string Prompt);
