using System.Globalization;
using AutoGraph.Core.Interactions;

namespace AutoGraph.Managed.Tests.Interactions;

/// <summary>Small tables for tests: users u0, u1, …, items i0, i1, ….</summary>
internal static class Tables
{
    public static InteractionTable Of(int users, int items, params (int User, int Item, long Time)[] rows) =>
        new(Ids("u", users), Ids("i", items), [.. rows.Select(r => r.User)], [.. rows.Select(r => r.Item)], [.. rows.Select(r => r.Time)]);

    public static EntityIndex Ids(string prefix, int count) =>
        new(Enumerable.Range(0, count).Select(i => prefix + i.ToString(CultureInfo.InvariantCulture)));
}
