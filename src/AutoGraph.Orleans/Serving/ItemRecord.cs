namespace AutoGraph.Orleans.Serving;

/// <summary>What is kept of an item that joined or changed: the latest record of an item counts.</summary>
/// <param name="Joined">Ticket of when it joined: its place among equal scores.</param>
/// <param name="Ticket">Ticket of its latest change: the stamp of its rows.</param>
/// <param name="Created">When that was.</param>
/// <param name="Given">What was given.</param>
/// <param name="IsHidden">Whether it was removed.</param>
/// <param name="Changes">Its rows by version.</param>
[GenerateSerializer, Immutable, Alias("autograph.item.record")]
internal sealed record ItemRecord([property: Id(0)] long Joined, [property: Id(1)] long Ticket, [property: Id(2)] DateTimeOffset Created, [property: Id(3)] GivenRow Given, [property: Id(4)] bool IsHidden,
    [property: Id(5)] Dictionary<string, byte[]> Changes)
{
    /// <summary>Whether it is only the mark that an item of the fit was removed.</summary>
    internal bool IsMark => Ticket == 0;
}
