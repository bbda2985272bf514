using AutoGraph.Core.Features;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

public class FeatureEncoderTests
{
    private readonly MLContext _context = new(seed: 1);

    private static Row[] Rows =>
    [
        new() { Id = "1", Title = "One", Genre = "tale", Tags = ["a", "b"], Year = 1990, Price = 1, Used = true },
        new() { Id = "2", Title = "Two", Genre = "poem", Tags = ["b"], Year = 1990, Price = 3, Used = false },
        new() { Id = "3", Title = "Three", Genre = "", Tags = [], Year = 2000, Price = 5, Used = true },
        new() { Id = "4", Title = "Four", Genre = "tale", Tags = ["c"], Year = 1990, Price = 3, Used = true },
    ];

    private FeatureTable Encode(IReadOnlyList<string>? features = null)
    {
        var table = new SideTable(_context.Data.LoadFromEnumerable(Rows), "Id") { Features = features };
        return FittedSide.Read(table, "item").Features;
    }

    [Fact]
    public void Read_WithoutAList_TakesEveryColumnButIdsAndTextsThatHardlyRepeat() =>
        Assert.Equal(["Genre", "Tags", "Year", "Price", "Used"], Encode().Fields.Select(field => field.Name));

    [Fact]
    public void Read_ColumnsMadeOfTrainingInteractions_AreNoFeaturesUnlessListed()
    {
        var data = _context.AutoGraph().Data;
        var items = _context.Data.LoadFromEnumerable(new[] { new Item { Id = "x", Title = "Ex", Vector = [1, 0] }, new Item { Id = "y", Title = "Why", Vector = [0, 1] } });
        var train = Tables.Interactions(_context, ("1", "x", 1), ("2", "y", 2), ("3", "x", 3));
        var users = _context.Data.Cache(data.EarliestTitles(data.MeanItemVectors(_context.Data.LoadFromEnumerable(Rows), "Id", train, items, "Id", "Vector", "Taste"), "Id", train, items, "Id", "Title"));
        Assert.Equal(["Genre", "Tags", "Year", "Price", "Used"], FittedSide.Read(new(users, "Id"), "user").Features.Fields.Select(field => field.Name));
        Assert.Equal(["History", "Taste"], FittedSide.Read(new(users, "Id") { Features = ["History", "Taste"] }, "user").Features.Fields.Select(field => field.Name));
    }

    [Fact]
    public void Read_CodesMadeBefore_AndWhatStepsMakeOfTrainingInteractions_AreNoFeatures()
    {
        var autoGraph = _context.AutoGraph();
        var items = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 8).Select(i => new Item { Id = $"{i}", Title = "tale", Vector = [i, i * i] }).ToList());
        var quantizer = new ResidualQuantizerOptions { Quantizer = Quantizer.ResidualKMeans, Levels = 1, CodebookSize = 2 };
        var coded = autoGraph.ResidualQuantizer("Codes", "Vector", quantizer).Fit(items).Transform(items);
        Assert.Equal(["Title"], FittedSide.Read(new(coded, "Id") { SemanticColumn = "Vector" }, "item").Features.Fields.Select(field => field.Name));

        var train = Tables.Interactions(_context, ("1", "0", 1), ("2", "7", 2), ("3", "3", 3), ("4", "5", 4));
        var users = autoGraph.Data.MeanItemVectors(_context.Data.LoadFromEnumerable(Rows), "Id", train, items, "Id", "Vector", "Taste");
        var other = autoGraph.ResidualQuantizer("Kinds", "Taste", quantizer).Fit(users).Transform(users);      // names that the side table does not know
        Assert.Equal(["Genre", "Tags", "Year", "Price", "Used"], FittedSide.Read(new(other, "Id"), "user").Features.Fields.Select(field => field.Name));
    }

    [Fact]
    public void Vocabulary_TextsCutWithinACharacter_AreOneCategoryThatAFileKeeps()
    {
        var vocabulary = new Vocabulary();
        Assert.Equal([0, 1, 0], new[] { "Film \uD83C", "Film", "Film \uD83E" }.Select(vocabulary.Learn));
        using var stream = new MemoryStream();
        vocabulary.Write(new(stream));
        stream.Position = 0;
        var loaded = Vocabulary.Read(new(stream));
        Assert.Equal([0, 0, 1, -1], new[] { "Film \uD83D", "Film \uFFFD", "Film", "Film \U0001F3AC" }.Select(loaded.Find));
    }

    [Fact]
    public void Read_TextsThatHardlyRepeatWhereTheyAreThere_AreNoFeatures()
    {
        var rows = Enumerable.Range(0, 20).Select(i => new Row { Id = $"{i}", Title = i < 12 ? $"subtitle {i}" : "", Genre = i < 12 ? "tale" : "" });
        var fields = FittedSide.Read(new(_context.Data.LoadFromEnumerable(rows.ToList()), "Id"), "item").Features.Fields.Select(field => field.Name).ToArray();
        Assert.DoesNotContain("Title", fields);
        Assert.Contains("Genre", fields);
    }

    [Fact]
    public void Read_ListedColumns_AreTakenInOrderWhateverTheyHold() =>
        Assert.Equal(["Title", "Genre"], Encode(["Title", "Genre"]).Fields.Select(field => field.Name));

    [Fact]
    public void Read_TextsAndWholeNumbersAndBooleans_AreCategoriesWithMissingOnesUnknown()
    {
        var fields = Encode().Fields.OfType<CategoricalField>().ToDictionary(field => field.Name);
        Assert.Equal([0, 1, -1, 0], fields["Genre"].Ids);
        Assert.Equal(2, fields["Genre"].Cardinality);
        Assert.Equal([0, 0, 1, 0], fields["Year"].Ids);
        Assert.Equal([0, 1, 0, 0], fields["Used"].Ids);
    }

    [Fact]
    public void Read_VectorsOfText_AreMultiValued()
    {
        var tags = Encode().Fields.OfType<MultiCategoricalField>().Single();
        Assert.Equal([0, 2, 3, 3, 4], tags.Offsets);
        Assert.Equal([0, 1, 1, 2], tags.Ids);
        Assert.Equal(3, tags.Cardinality);
    }

    [Fact]
    public void Read_Numbers_AreStandardised()
    {
        var price = Encode().Fields.OfType<DenseField>().Single();
        float deviation = MathF.Sqrt(2);                       // of 1, 3, 5, 3 around 3
        Assert.Equal([-2 / deviation, 0, 2 / deviation, 0], price.Values, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Read_ConstantNumbers_BecomeZeroNotNaN()
    {
        var rows = _context.Data.LoadFromEnumerable(Rows.Select(row => { row.Price = 7; return row; }).ToList());
        Assert.All(FittedSide.Read(new SideTable(rows, "Id") { Features = ["Price"] }, "item").Features.Fields.OfType<DenseField>().Single().Values, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Read_VectorsOfDoublesAndBooleans_AreStandardisedSlotBySlot()
    {
        var rows = _context.Data.LoadFromEnumerable(new[]
        {
            new Vectors { Id = "1", Sizes = [1, 10], Flags = [true, false, true] },
            new Vectors { Id = "2", Sizes = [3, 10], Flags = [false, false, true] },
        });
        var fields = FittedSide.Read(new SideTable(rows, "Id"), "item").Features.Fields.OfType<DenseField>().ToDictionary(field => field.Name);
        Assert.Equal([-1, 0, 1, 0], fields["Sizes"].Values);
        Assert.Equal([1, 0, 0, -1, 0, 0], fields["Flags"].Values);
    }

    private sealed class Vectors
    {
        public string Id { get; set; } = "";
        [VectorType(2)] public double[] Sizes { get; set; } = [];
        [VectorType(3)] public bool[] Flags { get; set; } = [];
    }

    private sealed class Item
    {
        public string Id { get; set; } = "";
        public string Title { get; set; } = "";
        [VectorType(2)] public float[] Vector { get; set; } = [];
    }

    private sealed class Row
    {
        public string Id { get; set; } = "";
        public string Title { get; set; } = "";
        public string Genre { get; set; } = "";
        public string[] Tags { get; set; } = [];
        public int Year { get; set; }
        public float Price { get; set; }
        public bool Used { get; set; }
    }
}
