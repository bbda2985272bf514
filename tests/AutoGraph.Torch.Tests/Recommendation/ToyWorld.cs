using AutoGraph.Core.Codes;
using AutoGraph.Core.Features;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Recommendation;

namespace AutoGraph.Torch.Tests.Recommendation;

/// <summary>A small seeded world: 14 users with 9 to 11 distinct items each of 20, features of every kind, codes of two levels.</summary>
internal static class ToyWorld
{
    public const int Users = 14, Items = 20;

    public static MetapathGraphOptions GraphOptions { get; } = new()
    {
        Training = GraphTraining.Joint, Dimension = 8, Heads = 2, Epochs = 2, BatchSize = 16, Negatives = 8,
    };

    public static RecommenderOptions Options { get; } = new()
    {
        Dimension = 8, HiddenWidths = [16], Epochs = 2, BatchSize = 16, Negatives = 8, MinHistory = 2, HistoryLength = 5, LearningRate = 0.01, EarlyStopping = false,
    };

    public static (int User, int Item)[] Rows { get; } = MakeRows();

    public static InteractionTable Table(IEnumerable<(int User, int Item)> rows, int users = Users, int items = Items)
    {
        var list = rows.ToArray();
        return new InteractionTable(Ids("u", users), Ids("i", items), [.. list.Select(r => r.User)], [.. list.Select(r => r.Item)], [.. list.Select((_, t) => (long)t)]);
    }

    public static FactorGraph Graph(IEnumerable<(int User, int Item)> rows, int users = Users, int items = Items) =>
        new(Table(rows, users, items), Codes(users, 1), Codes(items, 2), 2);

    public static FeatureTable NoFeatures(int rows) => new(rows, []);

    public static FeatureTable UserFeatures() => new(Users,
        [new CategoricalField("gender", [.. Enumerable.Range(0, Users).Select(u => u % 3 - 1)], 2)]);

    public static FeatureTable ItemFeatures()
    {
        var random = new Random(3);
        var offsets = Enumerable.Range(0, Items + 1).Select(i => i == 0 ? 0 : 2 * (i - 1)).ToArray();      // the first item has no genre
        return new(Items,
        [
            new MultiCategoricalField("genres", offsets, [.. Enumerable.Range(0, offsets[^1]).Select(_ => random.Next(4))], 4),
            new DenseField("vector", [.. Enumerable.Range(0, Items * 3).Select(_ => random.NextSingle() - 0.5f)], 3),
        ]);
    }

    public static RecommenderData Data(InteractionTable train, bool withGraph = true, MetapathGraphOptions? form = null) => new(train, UserFeatures(), ItemFeatures())
    {
        Graph = withGraph ? MetapathGraphModel.Fit(new FactorGraph(train, Codes(Users, 1), Codes(Items, 2), 2), form ?? GraphOptions, 5, content: Content) : null,
    };

    /// <summary>Vectors of all nodes (6 wide) and codebooks (5 wide).</summary>
    public static GraphContent Content { get; } = new() { Users = Vectors(Users, 6, 11), Items = Vectors(Items, 6, 12), UserFactors = Vectors(6, 5, 13), ItemFactors = Vectors(6, 5, 14) };

    private static NodeVectors Vectors(int rows, int width, int seed)
    {
        var random = new Random(seed);
        return new(Enumerable.Range(0, rows * width).Select(_ => random.NextSingle()).ToArray(), width);
    }

    public static CodeTable Codes(int rows, int seed)
    {
        var random = new Random(seed);
        return new([.. Enumerable.Range(0, rows * 2).Select(_ => random.Next(3))], 2, 3);
    }

    /// <summary>Every array of a dictionary as bits, by name.</summary>
    public static Dictionary<string, string> Bits(Core.Persistence.TensorDictionary tensors, Func<string, bool>? which = null)
    {
        using var stream = new MemoryStream();
        tensors.Write(stream);
        stream.Position = 0;
        var read = Core.Persistence.TensorDictionary.Read(stream);
        return read.Names.Where(which ?? (_ => true)).ToDictionary(name => name, name => Text(read, name));
    }

    private static string Text(Core.Persistence.TensorDictionary tensors, string name)
    {
        try { return string.Join(' ', tensors.Floats(name).Select(BitConverter.SingleToInt32Bits)); }
        catch (InvalidDataException) { return string.Join(' ', tensors.Ints(name)); }
    }

    private static EntityIndex Ids(string prefix, int count) => new(Enumerable.Range(0, count).Select(i => prefix + i));

    private static (int, int)[] MakeRows()
    {
        var random = new Random(1);
        var rows = new List<(int, int)>();
        for (int user = 0; user < Users; user++)
        {
            int[] items = [.. Enumerable.Range(0, Items)];
            random.Shuffle(items);
            rows.AddRange(items.Take(9 + user % 3).Select(item => (user, item)));
        }
        return [.. rows];
    }
}
