using System.Globalization;

namespace AutoGraph.Core.Evaluation;

/// <summary>Results of one ranking by how much was known: active and sparse users, cold and warm items.</summary>
/// <remarks>Stateless; safe for concurrent use.</remarks>
public static class RankingSlices
{
    /// <summary>Upper bounds of the slices where none are given: 5, 20 and 100 interactions.</summary>
    public static IReadOnlyList<int> DefaultBounds { get; } = [5, 20, 100];

    /// <summary>By the number of training interactions of each query's user; a user unknown to the model (-1) has none.</summary>
    /// <param name="result">A result over the queries.</param>
    /// <param name="queries">The ranked queries.</param>
    /// <param name="userInteractions">[U] training interactions of each user.</param>
    /// <param name="bounds">Ascending upper bounds, the last slice being open; null: <see cref="DefaultBounds"/>. A bound of 0 makes a slice of those without any.</param>
    /// <returns>A result per slice with at least one query, from fewest interactions to most; its protocol's split names it.</returns>
    /// <exception cref="ArgumentException">The parts do not fit each other, or the bounds do not ascend.</exception>
    public static IReadOnlyList<RankingResult> ByUserActivity(RankingResult result, RankingQueries queries, IReadOnlyList<int> userInteractions, IReadOnlyList<int>? bounds = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        return By(result, queries.Users, userInteractions, bounds, "users", unknown: -1);
    }

    /// <summary>By the number of training interactions of each query's target: from cold to warm items.</summary>
    /// <param name="result">A result over the queries.</param>
    /// <param name="queries">The ranked queries.</param>
    /// <param name="itemInteractions">[I] training interactions of each item.</param>
    /// <param name="bounds">Ascending upper bounds, the last slice being open; null: <see cref="DefaultBounds"/>. A bound of 0 makes a slice of those without any.</param>
    /// <inheritdoc cref="ByUserActivity" path="/returns"/>
    /// <inheritdoc cref="ByUserActivity" path="/exception"/>
    public static IReadOnlyList<RankingResult> ByItemPopularity(RankingResult result, RankingQueries queries, IReadOnlyList<int> itemInteractions, IReadOnlyList<int>? bounds = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        return By(result, queries.Targets, itemInteractions, bounds, "items", unknown: 0);
    }

    private static List<RankingResult> By(RankingResult result, ReadOnlySpan<int> entities, IReadOnlyList<int> interactions, IReadOnlyList<int>? bounds, string what, int unknown)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(interactions);
        bounds ??= DefaultBounds;
        if (bounds.Zip(bounds.Skip(1)).Any(pair => pair.First >= pair.Second) || bounds.Any(bound => bound < 0))
            throw new ArgumentException($"Expected bounds that ascend from 0 on, found {string.Join(", ", bounds)}.", nameof(bounds));
        if (entities.Length != result.Ranks.Length)
            throw new ArgumentException($"Expected the result of these {entities.Length} queries, found one of {result.Ranks.Length}.", nameof(result));

        var slices = new List<int>[bounds.Count + 1];
        for (int query = 0; query < entities.Length; query++)
        {
            int entity = entities[query];
            if (entity < unknown || entity >= interactions.Count)
                throw new ArgumentException($"Expected counts of all {what}, found {interactions.Count} and position {entity} in query {query}.", nameof(interactions));
            int count = entity < 0 ? 0 : interactions[entity], slice = 0;
            while (slice < bounds.Count && count > bounds[slice]) slice++;
            (slices[slice] ??= []).Add(query);
        }
        return [.. Enumerable.Range(0, slices.Length).Where(slice => slices[slice] is not null).Select(slice => result.Of(slices[slice], $"{what} with {Range(bounds, slice)}"))];
    }

    private static string Range(IReadOnlyList<int> bounds, int slice)
    {
        if (slice == bounds.Count) return bounds.Count == 0 ? "any interactions" : string.Create(CultureInfo.InvariantCulture, $"more than {bounds[^1]:N0} interactions");
        int from = slice == 0 ? 0 : bounds[slice - 1] + 1;
        return from == bounds[slice]
            ? string.Create(CultureInfo.InvariantCulture, $"{from:N0} interactions")
            : string.Create(CultureInfo.InvariantCulture, $"{from:N0} to {bounds[slice]:N0} interactions");
    }
}
