using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;

namespace AutoGraph.Torch.Attention;

/// <summary>Which items users read in one training step where they are neighbours of items and their vectors follow histories (<see cref="UserNeighbors.Latest"/>).</summary>
internal static class StepNeighbors
{
    /// <summary>
    /// Edges from items to users, oldest first. Users of the step read the latest items before the earliest of their rows: so no row reads, through
    /// items that have its user as a neighbour, what that user did at or after the row. All others read their latest. Pairs of the step and items that
    /// stand as new are left out rather than hidden, for ages count hidden edges too, and are not replaced by others.
    /// </summary>
    /// <param name="latest">Edges from items to users in inference.</param>
    /// <param name="rows">The rows of the step.</param>
    /// <param name="count">Items read of each user at most.</param>
    public static EdgeList Of(EdgeList latest, TrainingRows rows, int count)
    {
        var earliest = new int[latest.TargetCount];
        Array.Fill(earliest, -1);
        for (int row = 0; row < rows.Users.Length; row++)
            if (earliest[rows.Users[row]] is var found && (found < 0 || rows.Places[row] < rows.Places[found])) earliest[rows.Users[row]] = row;
        var pairs = rows.Users.Zip(rows.Positives).ToHashSet();
        var (offsets, items) = (new int[latest.TargetCount + 1], new List<int>(latest.EdgeCount));
        for (int user = 0; user < latest.TargetCount; user++)
        {
            bool inStep = earliest[user] >= 0;
            var read = inStep ? rows.Earlier.Of(earliest[user]) : latest.Sources.AsSpan(latest.Offsets[user]..latest.Offsets[user + 1]);
            foreach (int item in read[Math.Max(0, read.Length - count)..])
                if (rows.NewItems?[item] != true && !(inStep && pairs.Contains((user, item)))) items.Add(item);
            offsets[user + 1] = items.Count;
        }
        return new EdgeList(latest.TargetCount, latest.SourceCount, offsets, [.. items]);
    }
}
