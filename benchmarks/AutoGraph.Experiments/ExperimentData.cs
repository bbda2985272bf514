using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Features;
using AutoGraph.Core.Interactions;
using AutoGraph.Datasets;

namespace AutoGraph.Experiments;

/// <summary>A data set as an experiment needs it, split for training, validation and test.</summary>
internal sealed class ExperimentData
{
    private ExperimentData(string name, InteractionTable all, FeatureTable users, FeatureTable items,
        Func<int, IReadOnlyList<string>, string> userFacts, Func<int, string> itemFacts, Func<int, string> itemTitle)
    {
        (Name, All, UserFeatures, ItemFeatures, UserFacts, ItemFacts, ItemTitle) = (name, all, users, items, userFacts, itemFacts, itemTitle);
        Split = LeaveOneOut.Split(all);
    }

    public string Name { get; }

    /// <summary>All positives.</summary>
    public InteractionTable All { get; }

    public DataSplit Split { get; }

    public FeatureTable UserFeatures { get; }

    public FeatureTable ItemFeatures { get; }

    /// <summary>A user's profile and titles as text.</summary>
    public Func<int, IReadOnlyList<string>, string> UserFacts { get; }

    /// <summary>An item's attributes as text.</summary>
    public Func<int, string> ItemFacts { get; }

    public Func<int, string> ItemTitle { get; }

    public RankingQueries Validation => HeldOutRows.ToQueries(All, Split.Validation);

    public RankingQueries Test => HeldOutRows.ToQueries(All, Split.Test);

    /// <summary>Knowledge that the data set itself brings (the sample world), by entity id.</summary>
    public (IReadOnlyDictionary<string, string> Users, IReadOnlyDictionary<string, string> Items)? OwnKnowledge { get; private init; }

    public static ExperimentData Load(RunOptions options, CancellationToken cancellationToken)
    {
        if (options.Dataset == "sample-world") return SampleWorldData(options.Seed);
        string folder = options.Data?.FullName ?? throw new ArgumentException($"--dataset {options.Dataset} needs --data with the folder of its files.");
        var set = MovieLens.Read(folder, cancellationToken);
        var positives = set.Positives();
        var (users, items) = (positives.Users, positives.Items);
        var userFeatures = new FeatureTable(users.Count,
        [
            Fields.Category("Gender", users.Select(u => u.Gender)), Fields.Category("Age", users.Select(u => u.AgeGroup)),
            Fields.Category("Occupation", users.Select(u => u.Occupation)), Fields.Category("Zip", users.Select(u => u.Zip)),
        ]);
        var itemFeatures = new FeatureTable(items.Count, [Fields.Category("Title", items.Select(i => i.Title)), Fields.Categories("Genres", items.Select(i => i.Genres))]);
        return new(options.Dataset, positives.Interactions, userFeatures, itemFeatures,
            (user, titles) => $"{users[user].AgeGroup} years old, {(users[user].Gender == "F" ? "woman" : "man")}, {users[user].Occupation}. Liked films: {string.Join("; ", titles)}.",
            item => $"{items[item].Title}: {string.Join(", ", items[item].Genres)}.", item => items[item].Title);
    }

    private static ExperimentData SampleWorldData(int seed)
    {
        var world = SampleWorld.Create(new SampleWorldOptions { Seed = seed });
        var positives = world.Data.Positives();
        var (users, items) = (positives.Users, positives.Items);
        var userFeatures = new FeatureTable(users.Count,
        [
            Fields.Category("AgeGroup", users.Select(u => u.AgeGroup)), Fields.Category("Country", users.Select(u => u.Country)), Fields.Category("Occupation", users.Select(u => u.Occupation)),
        ]);
        var itemFeatures = new FeatureTable(items.Count,
        [
            Fields.Category("Title", items.Select(i => i.Title)), Fields.Category("Author", items.Select(i => i.Author)), Fields.Category("Genre", items.Select(i => i.Genre)),
        ]);
        return new(world.Data.Name, positives.Interactions, userFeatures, itemFeatures,
            (user, titles) => $"{users[user].AgeGroup} years old, {users[user].Occupation} in {users[user].Country}. Liked books: {string.Join("; ", titles)}.",
            item => $"{items[item].Title} by {items[item].Author}: {items[item].Genre}.", item => items[item].Title)
        {
            OwnKnowledge = (users.ToDictionary(u => u.Id, u => u.Knowledge), items.ToDictionary(i => i.Id, i => i.Knowledge)),
        };
    }
}
