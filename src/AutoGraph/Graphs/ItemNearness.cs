using System.Globalization;

namespace AutoGraph;

/// <summary>Why two items are near in the graph.</summary>
/// <param name="FirstItemId">One item.</param>
/// <param name="SecondItemId">The other.</param>
/// <param name="Similarity">Cosine of their graph vectors, -1 to 1.</param>
/// <param name="Factors">Factors that both have, the coarsest level first.</param>
/// <param name="Users">Users who interacted with both, those the items attend to most first.</param>
public sealed record ItemNearness(string FirstItemId, string SecondItemId, float Similarity, IReadOnlyList<FactorLink> Factors, IReadOnlyList<UserLink> Users)
{
    /// <summary>A line for the similarity, for each factor and for the three users most attended to.</summary>
    public override string ToString()
    {
        IEnumerable<string> lines =
        [
            string.Create(CultureInfo.InvariantCulture, $"{FirstItemId} and {SecondItemId}: cosine of graph vectors {Similarity:F2}"),
            .. Factors.Select(factor => string.Create(CultureInfo.InvariantCulture,
                $"  factor {factor.Level}/{factor.Code} of {factor.Members:N0} items, attention {factor.FirstFromSecond ?? 0:F3} and back {factor.SecondFromFirst ?? 0:F3}")),
            .. Users.Take(3).Select(user => string.Create(CultureInfo.InvariantCulture, $"  user {user.UserId}, attention {user.FirstAttention ?? 0:F3} and {user.SecondAttention ?? 0:F3}")),
            .. Users.Count > 3 ? [string.Create(CultureInfo.InvariantCulture, $"  and {Users.Count - 3:N0} more users")] : Array.Empty<string>(),
        ];
        return string.Join(Environment.NewLine, lines);
    }
}

/// <summary>A factor that two items share, and the attention along the path item → factor → item: the product of both steps' weights.</summary>
/// <param name="Level">Level of the code, 0 is the coarsest.</param>
/// <param name="Code">The code within its level.</param>
/// <param name="Members">Number of items that have it; the fewer, the more it says.</param>
/// <param name="FirstFromSecond">Weight with which the second item reaches the first, 0 to 1; null where the path is switched off.</param>
/// <param name="SecondFromFirst">The same the other way.</param>
public sealed record FactorLink(int Level, int Code, int Members, float? FirstFromSecond, float? SecondFromFirst);

/// <summary>A user whom two items have in common, and how much each attends to this user among all its users.</summary>
/// <param name="UserId">The user.</param>
/// <param name="FirstAttention">Weight of the user at the first item, 0 to 1; null where the path is switched off.</param>
/// <param name="SecondAttention">The same at the second item.</param>
public sealed record UserLink(string UserId, float? FirstAttention, float? SecondAttention);
