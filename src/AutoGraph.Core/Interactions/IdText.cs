namespace AutoGraph.Core.Interactions;

/// <summary>What an id may be made of.</summary>
internal static class IdText
{
    /// <summary>Whether every surrogate has its pair: half a pair becomes U+FFFD in a file, and two ids one.</summary>
    internal static bool IsWellFormed(string id)
    {
        for (int at = id.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0 && at < id.Length; at++)
            if (char.IsSurrogate(id[at]) && !(at + 1 < id.Length && char.IsSurrogatePair(id[at], id[++at]))) return false;
        return true;
    }
}
