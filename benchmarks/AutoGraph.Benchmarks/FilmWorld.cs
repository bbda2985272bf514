using AutoGraph.Core.Codes;
using AutoGraph.Core.Features;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;

namespace AutoGraph.Benchmarks;

/// <summary>Random data in the sizes of MovieLens-1M: speed depends on sizes, not on what is liked.</summary>
internal static class FilmWorld
{
    public const int Users = 6038, Items = 3533, Interactions = 563_237, Titles = 3533, Genres = 18, Zips = 3438;

    public static InteractionTable Train { get; } = Make();

    public static FeatureTable UserFeatures { get; } = new(Users, [Category("Gender", Users, 2, 1), Category("Age", Users, 7, 2), Category("Occupation", Users, 21, 3), Category("Zip", Users, Zips, 4)]);

    public static FeatureTable ItemFeatures { get; } = new(Items,
        [Category("Title", Items, Titles, 5), new MultiCategoricalField("Genres", [.. Enumerable.Range(0, Items + 1).Select(i => 2 * i)], Category("", 2 * Items, Genres, 6).Ids, Genres)]);

    public static FactorGraph Graph { get; } = new(Train, Codes(Users, 300, 7), Codes(Items, 256, 8), 2);

    private static InteractionTable Make()
    {
        var random = new Random(0);
        var users = new EntityIndex(Enumerable.Range(0, Users).Select(u => $"u{u}"));
        var items = new EntityIndex(Enumerable.Range(0, Items).Select(i => $"i{i}"));
        // squared uniforms give long tails on both sides
        return new InteractionTable(users, items,
            [.. Enumerable.Range(0, Interactions).Select(_ => (int)(Math.Pow(random.NextDouble(), 1.5) * Users))],
            [.. Enumerable.Range(0, Interactions).Select(_ => (int)(Math.Pow(random.NextDouble(), 2) * Items))],
            [.. Enumerable.Range(0, Interactions).Select(i => (long)i)]);
    }

    private static CategoricalField Category(string name, int rows, int cardinality, int seed)
    {
        var random = new Random(seed);
        return new(name, [.. Enumerable.Range(0, rows).Select(_ => random.Next(cardinality))], cardinality);
    }

    private static CodeTable Codes(int rows, int size, int seed)
    {
        var random = new Random(seed);
        return new([.. Enumerable.Range(0, rows * 3).Select(_ => random.Next(size))], 3, size);
    }
}
