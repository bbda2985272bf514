namespace AutoGraph;

/// <summary>An item that a part of the catalogue found.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Score">Its score.</param>
/// <param name="Order">Its place among all items: of equal scores the lower comes first.</param>
/// <param name="IsNew">Whether no training row has it.</param>
/// <param name="Codes">[T], or empty without codes.</param>
internal sealed record SliceItem(string Id, float Score, long Order, bool IsNew, int[] Codes);
