using AutoGraph.Core.Features;
using AutoGraph.Core.Snapshots;
using AutoGraph.Torch.Insertion;

namespace AutoGraph;

/// <summary>What an exported recommender holds of users and items: those that an engine shows, in their order, then the items removed, which histories may have.</summary>
/// <param name="UserIds">[U].</param>
/// <param name="UserFeatures">[U + 1] rows, the last for nobody known.</param>
/// <param name="UserStates">[U + 1, Wu] what user vectors of enhancements know of users, the last row for nobody known.</param>
/// <param name="UserStateWidth">Wu.</param>
/// <param name="ItemIds">[I].</param>
/// <param name="ShownCount">How many of them are shown.</param>
/// <param name="ItemVectors">[I, D].</param>
/// <param name="HistoryRows">[I, D] what the backbone reads of items.</param>
/// <param name="ItemStates">[I, Wi] what user vectors of enhancements read of items.</param>
/// <param name="ItemStateWidth">Wi.</param>
internal sealed record ExportTables(
    string[] UserIds, FeatureTable UserFeatures, float[] UserStates, int UserStateWidth,
    string[] ItemIds, int ShownCount, float[] ItemVectors, float[] HistoryRows, float[] ItemStates, int ItemStateWidth)
{
    /// <summary>U.</summary>
    internal int UserCount => UserIds.Length;

    /// <summary>I.</summary>
    internal int ItemCount => ItemIds.Length;

    /// <summary>The tables of a snapshot.</summary>
    internal static ExportTables Of(NodePass pass, EngineSnapshot snapshot)
    {
        var (users, items) = (snapshot.Users, snapshot.Items);
        int[] userRows = [.. Enumerable.Range(0, users.Ids.Count).Where(user => !users.IsHidden(user))], itemRows = [.. Enumerable.Range(0, items.Ids.Count).OrderBy(items.IsHidden)];
        var features = FeatureRows.Join([.. userRows.Select(user => users.Features[user][0] ?? pass.UserFeatures.Known(user)), pass.UserFeatures.Unknown]);
        return new([.. userRows.Select(user => users.Ids[user])], features, [.. Rows(users.States, userRows), .. pass.UnknownUserState], users.States.Width,
            [.. itemRows.Select(item => items.Ids[item])], itemRows.Count(item => !items.IsHidden(item)), Rows(items.Vectors, itemRows), Rows(items.History, itemRows), Rows(items.States, itemRows), items.States.Width);
    }

    private static float[] Rows(SharedRows<float> table, int[] rows)
    {
        var values = new float[rows.Length * table.Width];
        for (int i = 0; i < rows.Length; i++) table[rows[i]].CopyTo(values.AsSpan(i * table.Width));
        return values;
    }
}
