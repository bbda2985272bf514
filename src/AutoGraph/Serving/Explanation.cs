using System.Globalization;

namespace AutoGraph;

/// <summary>Why an item is recommended, or is not.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Score">The model's score; a content term is not in it.</param>
/// <param name="Factors">Factors it shares with items of the history, those shared with most items first; empty without a graph.</param>
/// <param name="Attention">
/// How the user's graph vector reads the history: weights of α (Eq. 6, mean over heads) that add up to 1, highest first. The same for every item asked about.
/// Empty where graph vectors of users do not read the history at hand (<see cref="UserNeighbors.Sampled"/>, no graph), where the history is empty, or on a GPU.
/// </param>
/// <param name="NearestHistoryItems">Items of the history whose vectors are nearest to the item's, by cosine, nearest first; the item itself is left out.</param>
public sealed record Explanation(string ItemId, float Score, IReadOnlyList<SharedFactor> Factors, IReadOnlyList<HistoryAttention> Attention, IReadOnlyList<SimilarEntity> NearestHistoryItems)
{
    /// <summary>One line for each factor, one for the three items most attended to, one for the nearest items.</summary>
    public override string ToString()
    {
        IEnumerable<string> lines =
        [
            string.Create(CultureInfo.InvariantCulture, $"{ItemId}: score {Score:F2}"),
            .. Factors.Select(factor => string.Create(CultureInfo.InvariantCulture,
                $"  factor {factor.Level}/{factor.Code}{(factor.Name is null ? "" : $" “{factor.Name}”")}, shared with {string.Join(", ", factor.HistoryItems)}")),
            .. Attention.Count == 0 ? Array.Empty<string>() : [$"  most attended to: {string.Join(", ", Attention.Take(3).Select(read => string.Create(CultureInfo.InvariantCulture, $"{read.ItemId} {read.Weight:F2}")))}"],
            .. NearestHistoryItems.Count == 0 ? Array.Empty<string>() : [$"  nearest: {string.Join(", ", NearestHistoryItems.Select(near => string.Create(CultureInfo.InvariantCulture, $"{near.Id} {near.Similarity:F2}")))}"],
        ];
        return string.Join(Environment.NewLine, lines);
    }
}

/// <summary>How much a user's graph vector attends to an item of the history.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Weight">Its weight, 0 to 1; where the history has it several times, their sum.</param>
public sealed record HistoryAttention(string ItemId, float Weight);
