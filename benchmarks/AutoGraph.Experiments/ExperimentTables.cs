using AutoGraph.Core.Features;
using AutoGraph.Core.Interactions;
using AutoGraph.Datasets;

namespace AutoGraph.Experiments;

/// <summary>The tables of a data set, how its entities read as text, and the settings that go with it.</summary>
internal sealed record ExperimentTables(string Name, InteractionTable All, FeatureTable Users, FeatureTable Items)
{
    /// <summary>A user's profile and titles as text.</summary>
    public required Func<int, IReadOnlyList<string>, string> UserFacts { get; init; }

    /// <summary>An item's attributes as text.</summary>
    public required Func<int, string> ItemFacts { get; init; }

    public required Func<int, string> ItemTitle { get; init; }

    /// <summary>An item's tags; null where the data set has none.</summary>
    public Func<int, IReadOnlyList<string>>? ItemTags { get; init; }

    /// <summary>Earlier positives that make a row a sample (paper App. B: 5, and 1 for sparse data).</summary>
    public int MinHistory { get; init; } = LeaveOneOut.DefaultMinHistory;

    /// <summary>Codes per level of users and of items (paper §3.2.2).</summary>
    public (int Users, int Items) Codes { get; init; } = (256, 256);

    /// <summary>Negatives a target is ranked against in the test, or null for all items (paper §4.1.2).</summary>
    public int? SampledNegatives { get; init; }

    /// <summary>Rows that recorded texts of users tell of: they must not be held out. Null: none.</summary>
    public Func<int, bool>? ToldByTexts { get; init; }

    /// <summary>The world behind a simulated data set. Null: it is not simulated.</summary>
    public SampleWorld? World { get; init; }

    /// <summary>Knowledge that the data set itself brings (the sample world), by entity id.</summary>
    public (IReadOnlyDictionary<string, string> Users, IReadOnlyDictionary<string, string> Items)? OwnKnowledge { get; init; }
}
