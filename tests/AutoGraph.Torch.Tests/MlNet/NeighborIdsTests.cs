using AutoGraph.Core.Graphs;
using AutoGraph.Semantics.ItemGraphs;
using AutoGraph.Semantics.Knowledge;
using Microsoft.Extensions.AI;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>From a language model's verdicts on similar items to a recommender with TopoI2I.</summary>
public class NeighborIdsTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    private readonly MLContext _context = new(seed: 1);

    private SmallWorld World => fixture.World;

    private IDataView Items => _context.Data.LoadFromEnumerable(new[] { 14, 7, 3, 8 }.Select(id => new Item { ItemId = id }).ToList());

    // 14 → 7, 3; 8 → 14
    private static Adjacency Graph => Adjacency.FromEdges(4, 4, [0, 0, 3], [2, 1, 0]);

    [Fact]
    public void NeighborIds_Graph_GivesIdsByRow()
    {
        var view = _context.AutoGraph().Data.NeighborIds(Items, "ItemId", Graph, "Similar");
        Assert.Equal(["ItemId", "Similar"], view.Schema.Select(column => column.Name));
        Assert.Equal(new VectorDataViewType(TextDataViewType.Instance), view.Schema["Similar"].Type);
        Assert.Equal([["7", "3"], [], [], ["14"]], Tables.TextVectors(view, "Similar"));
        Assert.Equal([["7", "3"], [], [], ["14"]], Tables.TextVectors(view, "Similar"));
        Assert.Equal([["7", "3"], [], [], ["14"]], Tables.TextVectors(_context.Data.Cache(view), "Similar"));
    }

    [Fact]
    public void NeighborIds_ShuffledAndSeveralCursors_FollowTheRows()
    {
        var view = _context.AutoGraph().Data.NeighborIds(_context.Data.Cache(Items), "ItemId", Graph, "Similar");
        var shuffled = _context.Data.Cache(_context.Data.ShuffleRows(view, seed: 3));
        var byId = Tables.TextVectors(_context.Transforms.Conversion.ConvertType("Text", "ItemId", DataKind.String).Fit(shuffled).Transform(shuffled), "Similar")
            .Zip(shuffled.GetColumn<int>("ItemId")).ToDictionary(pair => pair.Second, pair => pair.First);
        Assert.Equal(["7", "3"], byId[14]);
        Assert.Equal(["14"], byId[8]);
        Assert.Empty(byId[7]);

        using var one = view.GetRowCursor(view.Schema);
        using var other = view.GetRowCursor([view.Schema["Similar"]]);
        var (read, readOther) = (ColumnReader.Ids(one, view.Schema["Similar"]), ColumnReader.Ids(other, view.Schema["Similar"]));
        Assert.True(one.MoveNext());
        for (int row = 0; row < 4; row++) Assert.True(other.MoveNext());
        Assert.Equal(["14"], readOther());
        Assert.Equal(["7", "3"], read());
    }

    [Fact]
    public void NeighborIds_BadArguments_SayWhat()
    {
        var data = _context.AutoGraph().Data;
        string message = Assert.Throws<ArgumentException>(() => data.NeighborIds(Items, "ItemId", Adjacency.FromEdges(3, 4, [], []), "Similar")).Message;
        Assert.Contains("the 4 items of the table, found one of 3 rows and 4 columns", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => data.NeighborIds(Items, "ItemId", Adjacency.FromEdges(4, 5, [], []), "Similar"));
        Assert.Contains("Nothing", Assert.Throws<ArgumentException>(() => data.NeighborIds(Items, "Nothing", Graph, "Similar")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => data.NeighborIds(Items, "ItemId", Graph, " "));
        Assert.Throws<ArgumentNullException>(() => data.NeighborIds(null!, "ItemId", Graph, "Similar"));
        Assert.Throws<ArgumentNullException>(() => data.NeighborIds(Items, "ItemId", null!, "Similar"));
    }

    [Fact]
    public async Task Fit_TopoI2IByVerdicts_ChangesItemVectorsAndTheSecondRunAsksNothing()
    {
        using var store = new InMemoryKnowledgeStore();
        using var client = new EchoChatClient(answer: _ => "1");
        var (first, report, similar) = await TrainAsync(client, store);
        string[] ids = Tables.Texts(World.Data.Items, "ItemId");
        Assert.Equal((ids.Length, ids.Length, 0), (report.Rows, report.Asked, report.Failures.Count));
        Assert.Equal(Candidates().Select(own => new[] { ids[own[0]] }), similar);

        var (again, second, _) = await TrainAsync(client, store);
        Assert.Equal((0, ids.Length), (second.Calls, second.Cached));
        Assert.Equal(ids.Length, client.Asked.Count);
        Assert.Equal(first, again);

        using var others = new InMemoryKnowledgeStore();
        using var denying = new EchoChatClient(answer: _ => "None of the 3 candidates is similar.");
        var (without, _, nobody) = await TrainAsync(denying, others);
        Assert.All(nobody, Assert.Empty);
        Assert.NotEqual(first, without);
    }

    private int[][] Candidates()
    {
        var rows = SmallWorld.Vectors(World.AutoGraph.SemanticVector("Semantics", "Knowledge").Fit(World.Data.Items).Transform(World.Data.Items), "Semantics");
        var vectors = new float[rows.Length, rows[0].Length];
        foreach (var (row, vector) in rows.Index())
            for (int d = 0; d < vector.Length; d++) vectors[row, d] = vector[d];
        return ItemSimilarity.Nearest(vectors, 3);
    }

    private async Task<(float[][] Vectors, KnowledgeReport Report, string[][] Similar)> TrainAsync(IChatClient client, IKnowledgeStore store)
    {
        var items = World.Data.Items;
        string[] texts = [.. Tables.Texts(items, "ItemId").Zip(Tables.Texts(items, "Title"), (id, title) => $"{title} ({id})")];
        var (neighbors, report) = await ItemSimilarity.JudgeAsync(texts, Candidates(), new(client, store, ItemSimilarity.PromptVersion), store);
        var view = World.AutoGraph.Data.NeighborIds(items, "ItemId", neighbors, "Similar");
        var model = World.AutoGraph.Recommender(new SideTable(World.Data.Users, "UserId"), new SideTable(view, "ItemId") { NeighborsColumn = "Similar" },
            SmallWorld.Options with { Enhancement = Enhancement.TopoI2I }).Fit(World.Split.Train);
        using var engine = World.AutoGraph.CreateEngine(model);
        return (SmallWorld.Vectors(engine.ItemRepresentations(), "Vector"), report, Tables.TextVectors(view, "Similar"));
    }

    private sealed class Item
    {
        public int ItemId { get; set; }
    }
}
