namespace AutoGraph;

/// <summary>What a row says of itself: its id, where recorded knowledge goes by it, and its own text or prompt.</summary>
/// <param name="Id">The id, or null.</param>
/// <param name="Text">The text, the facts or the prompt; null where the row has nothing but its id.</param>
internal readonly record struct RowText(string? Id, string? Text);
