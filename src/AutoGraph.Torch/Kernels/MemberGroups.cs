using System.Numerics;
using AutoGraph.Core.Codes;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// Who shares factors with whom, without pairs: for every set of levels the members grouped by their codes on these levels. Those who share a
/// code with t on any level are, by inclusion and exclusion, Σ over the sets of levels S of (−1)^(|S|+1) · the group of t under S.
/// </summary>
/// <remarks>Immutable; 2^levels − 1 groupings of N members each.</remarks>
internal sealed class MemberGroups
{
    private MemberGroups(int members, IReadOnlyList<Grouping> groupings) => (MemberCount, Groupings) = (members, groupings);

    /// <summary>N.</summary>
    public int MemberCount { get; }

    /// <summary>One per set of levels.</summary>
    public IReadOnlyList<Grouping> Groupings { get; }

    /// <param name="codes">Codes of the members, [N, T].</param>
    /// <param name="levels">Levels that count, from the coarsest.</param>
    public static MemberGroups Of(CodeTable codes, int levels)
    {
        var groupings = new Grouping[(1 << levels) - 1];
        for (uint set = 1; set <= groupings.Length; set++)
        {
            int level = BitOperations.Log2(set);
            uint others = set & ~(1u << level);
            groupings[set - 1] = Grouping.Of(codes, level, others == 0 ? null : groupings[others - 1].GroupOf, BitOperations.PopCount(set));
        }
        return new(codes.Count, groupings);
    }
}

/// <summary>Members by their codes on one set of levels.</summary>
/// <param name="GroupOf">[N] group of each member.</param>
/// <param name="Offsets">[groups + 1] where each group begins in <see cref="Place"/>.</param>
/// <param name="Levels">Number of levels in the set.</param>
internal sealed record Grouping(int[] GroupOf, int[] Offsets, int Levels)
{
    /// <summary>Number of groups.</summary>
    public int Count => Offsets.Length - 1;

    /// <summary>1 or −1: whether the groups are included or excluded.</summary>
    public int Sign => Levels % 2 == 1 ? 1 : -1;

    /// <summary>Groups by one level's code within groups by other levels.</summary>
    public static Grouping Of(CodeTable codes, int level, int[]? within, int levels)
    {
        var (groupOf, numbers, sizes) = (new int[codes.Count], new Dictionary<long, int>(), new List<int>());
        for (int member = 0; member < groupOf.Length; member++)
        {
            long key = (long)(within?[member] ?? 0) * codes.CodebookSize + codes.Row(member)[level];
            if (numbers.TryAdd(key, sizes.Count)) sizes.Add(0);
            sizes[groupOf[member] = numbers[key]]++;
        }
        var offsets = new int[sizes.Count + 1];
        for (int group = 0; group < sizes.Count; group++) offsets[group + 1] = offsets[group] + sizes[group];
        return new(groupOf, offsets, levels);
    }

    /// <summary>The members group by group, within each group in the given order.</summary>
    public int[] Place(int[] order)
    {
        var (placed, next) = (new int[order.Length], Offsets.AsSpan(0, Count).ToArray());
        foreach (int member in order) placed[next[GroupOf[member]]++] = member;
        return placed;
    }
}
