using AutoGraph.Core.Features;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Recommendation;

/// <summary>Items that stand as new in a training step are what new items are in inference.</summary>
public sealed class NewItemTests
{
    private const int Item = 6;

    private static readonly MetapathGraphOptions Wide = ToyWorld.GraphOptions with { NeighborSample = 1000 };      // sampling does not bind

    [Fact]
    public void GraphStep_ItemStandsAsNew_IsAnItemWithoutInteractions()
    {
        using var scope = NewDisposeScope();
        var enhancer = Enhancer(ToyWorld.Rows);
        enhancer.BeginEpoch(1);
        var random = new RandomStream(1);
        var standing = enhancer.Step(Rows([.. Enumerable.Range(0, ToyWorld.Items).Select(i => i == Item)]), 0, ref random).Items!;
        var known = enhancer.Step(Rows(null), 0, ref random).Items!;

        var without = Enhancer(ToyWorld.Rows.Where(row => row.Item != Item));
        without.eval();
        using var _ = no_grad();
        var inferred = without.Infer().Items!;
        Numbers.AreClose(Numbers.Flat(inferred[Item]), Numbers.Flat(standing[Item]), 1e-6);
        Assert.NotEqual(Numbers.Bits(known[Item]), Numbers.Bits(standing[Item]));
    }

    [Fact]
    public void LightGcnStep_ItemStandsAsNew_IsAnItemWithoutInteractions()
    {
        using var scope = NewDisposeScope();
        var enhancer = Light(ToyWorld.Rows);
        enhancer.BeginEpoch(1);
        var random = new RandomStream(1);
        var standing = enhancer.Step(Rows([.. Enumerable.Range(0, ToyWorld.Items).Select(i => i == Item)]), 0, ref random).Items!;
        var without = Light(ToyWorld.Rows.Where(row => row.Item != Item));
        without.eval();
        using var _ = no_grad();
        Numbers.AreClose(Numbers.Matrix(without.Infer().Items!), standing, 1e-6);       // and all others are as if it were not there
    }

    [Fact]
    public void Embed_ItemStandsAsNew_KeepsOnlyWhatOthersShare()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var title = new CategoricalField("title", [0, 1, 2, 3], 4);
        var maker = new CategoricalField("maker", [0, 0, 1, 1], 2);
        var tags = new MultiCategoricalField("tags", [0, 1, 4, 5, 6], [0, 0, 1, 1, 0, 2], 3);        // tag 1 is of item 1 alone, twice; tag 2 of item 3
        using var fields = new FieldEmbeddings("items", TrainedFeatures.Of(new FeatureTable(4, [title, maker, tags]), [0, 1, 2, 3]), 3, generator);
        var random = default(RandomStream);
        var embedded = fields.Embed([0, 1, 2, 3], 0, ref random, [false, true, false, false]);
        var unknown = fields.Embed([-1], 0, ref random);
        var plain = fields.Embed([0, 1, 2, 3], 0, ref random);
        Assert.Equal(Numbers.Flat(unknown[0][..6]), Numbers.Flat(embedded[1][..6]));        // id and title
        Assert.Equal(Numbers.Flat(plain[1][6..9]), Numbers.Flat(embedded[1][6..9]));        // maker
        Assert.Equal(Numbers.Flat(plain[0][9..]), Numbers.Flat(embedded[1][9..]));          // tag 0, which others have
        Assert.Equal(Numbers.Flat(unknown[0][9..]), Numbers.Flat(fields.Embed([3], 0, ref random, [true])[0][9..]));
        foreach (int row in new[] { 0, 2, 3 }) Assert.Equal(Numbers.Flat(plain[row]), Numbers.Flat(embedded[row]));
    }

    [Fact]
    public void Items_ItemStandsAsNew_HistoriesReadTheUnknownRow()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var items = TrainedFeatures.Of(ToyWorld.ItemFeatures(), [.. Enumerable.Range(0, ToyWorld.Items)]);
        var model = new TwoTowerModel(TrainedFeatures.Of(ToyWorld.UserFeatures(), [0]), items, new([], [4]), ToyWorld.Options, generator);
        using (no_grad()) foreach (var (name, parameter) in model.named_parameters()) if (name == "historyFields") parameter.fill_(0.5);
        var enhanced = ones(ToyWorld.Items, 4);
        float[] Table(bool[]? isNew)
        {
            var random = new RandomStream(1);
            return [.. Numbers.Flat(model.Items(enhanced, 0, ref random, isNew).HistoryTable).Select(value => (float)value)];
        }

        float[] plain = Table(null), standing = Table([.. Enumerable.Range(0, ToyWorld.Items).Select(i => i == Item)]);
        int width = ToyWorld.Options.Dimension;
        for (int row = 0; row <= ToyWorld.Items; row++)
            Assert.Equal(plain[((row == Item ? ToyWorld.Items : row) * width)..][..width], standing[(row * width)..][..width]);
        Assert.NotEqual(plain[(Item * width)..][..width], standing[(Item * width)..][..width]);
    }

    [Fact]
    public void Hide_NewItems_ShowAgainAfterwards()
    {
        var edges = MetapathEdges.Full(ToyWorld.Graph(ToyWorld.Rows));
        using (edges.Hide([ToyWorld.Rows[3].User], [ToyWorld.Rows[3].Item], [.. Enumerable.Range(0, ToyWorld.Items).Select(i => i == Item)]))
        {
            Assert.False(edges.UsersToItems.HasEdges(Item));
            Assert.Equal(ToyWorld.Rows.Count(row => row.Item == Item || row == ToyWorld.Rows[3]), edges.UsersToItems.Removed!.Count(removed => removed));
        }
        Assert.DoesNotContain(true, edges.UsersToItems.Removed!);
        Assert.DoesNotContain(true, edges.ItemsToUsers.Removed!);
    }

    [Fact]
    public void Train_SomeItemsStandAsNew_SameSeedSameBits()
    {
        var options = ToyWorld.Options with { NewItemRate = 0.3 };
        string Bits() => string.Join(' ', Numbers.Bits(tensor(TwoTowerRecommender.Train(ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows)), options, 1).ItemVectors.ToArray())));
        Assert.Equal(Bits(), Bits());
        Assert.Contains(nameof(options.NewItemRate), Assert.Throws<ArgumentException>(() =>
            TwoTowerRecommender.Train(ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows)), options with { NewItemRate = 0.6 }, 1)).Message, StringComparison.Ordinal);
    }

    private static TrainingRows Rows(bool[]? newItems) => new([0], [1], [0], new([0, 0], [])) { NewItems = newItems };

    private static GraphEnhancer Enhancer(IEnumerable<(int User, int Item)> rows)
    {
        using var generator = new Generator(1, CPU);
        var graph = ToyWorld.Graph([.. rows, .. ToyWorld.Rows.Where(row => row == (0, 1))]);
        return new GraphEnhancer(new MetapathAttention(graph, Wide, generator), graph, Wide, 1);
    }

    private static LightGcnEnhancer Light(IEnumerable<(int User, int Item)> rows)
    {
        using var generator = new Generator(1, CPU);
        return new(ToyWorld.Graph(rows).ItemToUsers, ToyWorld.Options with { NeighborSample = 1000 }, 1, generator);
    }
}
