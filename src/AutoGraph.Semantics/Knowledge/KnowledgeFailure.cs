namespace AutoGraph.Semantics.Knowledge;

/// <summary>Why a row has no answer.</summary>
public enum KnowledgeFailureKind
{
    /// <summary>The call failed, and repeating it did not help or made no sense.</summary>
    Error,

    /// <summary>The model answered nothing, every time.</summary>
    Empty,

    /// <summary>The answer was cut off at the maximum number of output tokens.</summary>
    Truncated,

    /// <summary>The model or its content filter refused to answer.</summary>
    Refused,

    /// <summary>The model answered something else than was asked for: no list of numbers where one was asked for.</summary>
    Unreadable,
}

/// <summary>A row that got no answer.</summary>
/// <param name="Id">Id of the row.</param>
/// <param name="Kind">What went wrong.</param>
/// <param name="Reason">The same in a sentence.</param>
public sealed record KnowledgeFailure(string Id, KnowledgeFailureKind Kind, string Reason);
