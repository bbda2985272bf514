using AutoGraph.Core.Features;
using AutoGraph.Datasets;

namespace AutoGraph.Experiments;

/// <summary>The data sets by their names on the command line.</summary>
internal static class DataSets
{
    public const string Simulated = "sample-world";

    public static string[] Names { get; } = ["ml-1m", "ml-100k", "amazon-beauty", "book-crossing", "lastfm", Simulated];

    public static ExperimentTables Read(RunOptions options, CancellationToken cancellationToken)
    {
        if (options.Dataset == Simulated) return Readers(options.World);
        string folder = options.Data?.FullName ?? throw new ArgumentException($"{options.Dataset}: expected the folder of its files with --data, or with --data-root the folder above it, found neither.");
        return options.Dataset switch
        {
            "amazon-beauty" => Products(folder, options, cancellationToken),
            "book-crossing" => Books(folder, options, cancellationToken),
            "lastfm" => Artists(folder, options, cancellationToken),
            _ => Films(folder, options, cancellationToken),
        };
    }

    private static ExperimentTables Films(string folder, RunOptions options, CancellationToken cancellationToken)
    {
        var (interactions, users, items) = MovieLens.Read(folder, cancellationToken).Positives();
        return new(options.Dataset, interactions,
            new(users.Count,
            [
                Fields.Category("Gender", users.Select(u => u.Gender)), Fields.Category("Age", users.Select(u => u.AgeGroup)),
                Fields.Category("Occupation", users.Select(u => u.Occupation)), Fields.Category("Zip", users.Select(u => u.Zip)),
            ]),
            new(items.Count, [Fields.Category("Title", items.Select(i => i.Title)), Fields.Categories("Genres", items.Select(i => i.Genres))]))
        {
            UserFacts = (user, titles) => $"{users[user].AgeGroup} years old, {(users[user].Gender == "F" ? "woman" : "man")}, {users[user].Occupation}. Liked films: {string.Join("; ", titles)}.",
            ItemFacts = item => $"{items[item].Title}: {string.Join(", ", items[item].Genres)}.",
            ItemTitle = item => items[item].Title,
            ItemTags = item => items[item].Genres,
            Codes = (300, 256),
        };
    }

    private static ExperimentTables Products(string folder, RunOptions options, CancellationToken cancellationToken)
    {
        var (interactions, users, items) = AmazonReviews.Read(folder, cancellationToken: cancellationToken).Positives();
        string Title(int item) => items[item].Title.Length > 0 ? items[item].Title : "a product without a title";
        return new(options.Dataset, interactions, new(users.Count, []), new(items.Count, Present("Category", items.Select(i => i.Category ?? ""))))
        {
            UserFacts = (_, titles) => $"Bought beauty products: {string.Join("; ", titles)}.",
            ItemFacts = item => $"{Title(item)}.",
            ItemTitle = Title,
            MinHistory = 1,
            Codes = (300, 512),
        };
    }

    private static ExperimentTables Books(string folder, RunOptions options, CancellationToken cancellationToken)
    {
        var (interactions, users, items) = BookCrossing.Read(folder, cancellationToken).Positives();
        return new(options.Dataset, interactions,
            new(users.Count, [Fields.Category("Country", users.Select(u => u.Country)), Fields.Category("Age", users.Select(u => u.AgeGroup))]),
            new(items.Count,
            [
                Fields.Category("Title", items.Select(i => i.Title)), Fields.Category("Author", items.Select(i => i.Author)),
                Fields.Category("Year", items.Select(i => $"{i.Year}")), Fields.Category("Publisher", items.Select(i => i.Publisher)),
            ]))
        {
            UserFacts = (user, titles) => $"{(users[user].AgeGroup == "unknown" ? "A reader" : $"{users[user].AgeGroup} years old")}{(users[user].Country.Length > 0 ? $", from {users[user].Country}" : "")}. Liked books: {string.Join("; ", titles)}.",
            ItemFacts = item => $"{items[item].Title} by {items[item].Author} ({(items[item].Year is { } year ? $"{year}, " : "")}{items[item].Publisher}).",
            ItemTitle = item => items[item].Title,
            Codes = (300, 4096),
            SampledNegatives = 1_000,
        };
    }

    private static ExperimentTables Artists(string folder, RunOptions options, CancellationToken cancellationToken)
    {
        var (interactions, users, items) = LastFm.ReadWithTexts(folder, cancellationToken).Positives();
        return new(options.Dataset, interactions, new(users.Count, []), new(items.Count, []))   // tags would tell of held-out rows
        {
            UserFacts = (_, names) => $"Listens to: {string.Join("; ", names)}.",
            ItemFacts = item => $"{items[item].Name}.",
            ItemTitle = item => items[item].Name,
            ItemTags = item => items[item].Tags,
            ToldByTexts = row => interactions.TimeOf[row] == 0,
        };
    }

    private static ExperimentTables Readers(SampleWorldOptions? options)
    {
        var world = SampleWorld.Create(options);
        var (interactions, users, items) = world.Data.Positives();
        return new(world.Data.Name, interactions,
            new(users.Count,
            [
                Fields.Category("AgeGroup", users.Select(u => u.AgeGroup)), Fields.Category("Country", users.Select(u => u.Country)), Fields.Category("Occupation", users.Select(u => u.Occupation)),
            ]),
            new(items.Count,
            [
                Fields.Category("Title", items.Select(i => i.Title)), Fields.Category("Author", items.Select(i => i.Author)), Fields.Category("Genre", items.Select(i => i.Genre)),
            ]))
        {
            UserFacts = (user, titles) => $"{users[user].AgeGroup} years old, {users[user].Occupation} in {users[user].Country}. Liked books: {string.Join("; ", titles)}.",
            ItemFacts = item => $"{items[item].Title} by {items[item].Author}: {items[item].Genre}.",
            ItemTitle = item => items[item].Title,
            ItemTags = item => [items[item].Genre],
            Codes = (300, 256),
            World = world,
            OwnKnowledge = (users.ToDictionary(u => u.Id, u => u.Knowledge), items.ToDictionary(i => i.Id, i => i.Knowledge)),
        };
    }

    /// <summary>A field, unless all rows lack it.</summary>
    private static FeatureField[] Present(string name, IEnumerable<string> values) =>
        values.All(value => value.Length == 0) ? [] : [Fields.Category(name, values)];
}
