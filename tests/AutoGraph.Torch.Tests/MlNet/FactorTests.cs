using AutoGraph.Core.Interpretation;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

public sealed class FactorTests
{
    private readonly MLContext _context = new(seed: 1);

    // two kinds of things, far apart
    private IDataView Things => _context.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(i => new Thing
    {
        Name = $"thing {i}", Vector = [i % 2 * 10 + i / 100f, 1], Tags = i % 2 == 0 ? ["red", "round"] : ["blue", "round"], Text = i % 2 == 0 ? "It is a red ball by the sea." : "A blue ball, and the sky",
    }).ToList());

    private ResidualQuantizerTransformer Fit() =>
        _context.AutoGraph().ResidualQuantizer("Codes", "Vector", new() { Quantizer = Quantizer.ResidualKMeans, Levels = 1, CodebookSize = 2 }).Fit(Things);

    [Theory, InlineData("Tags", "red", "blue"), InlineData("Text", "red,sea", "blue,sky")]
    public void DescribeFactors_TwoKindsOfThings_TellsThemApart(string column, string even, string odd)
    {
        var factors = _context.AutoGraph().DescribeFactors(Fit(), _context.Data.ShuffleRows(_context.Data.Cache(Things), seed: 5), "Name", column, new() { Side = "thing", PriorWeight = 10 });
        Assert.Equal([20, 20], factors.Select(factor => factor.Rows));
        foreach (var factor in factors)
        {
            Assert.Equal("thing", factor.Side);
            int parity = int.Parse(factor.TypicalRows[0].Row[6..], System.Globalization.CultureInfo.InvariantCulture) % 2;
            Assert.All(factor.TypicalRows, row => Assert.Equal(parity, int.Parse(row.Row[6..], System.Globalization.CultureInfo.InvariantCulture) % 2));
            Assert.Equal((parity == 0 ? even : odd).Split(','), factor.Terms.Select(term => term.Term).Order());
            Assert.Equal(factor.TypicalRows.Select(row => row.Residual).Order(), factor.TypicalRows.Select(row => row.Residual));
        }
        Assert.Equal(["thing 18", "thing 20"], factors.Single(factor => factor.Terms.Any(term => term.Term == "red")).TypicalRows.Take(2).Select(row => row.Row).Order());      // the middle of 0, 2 … 38
    }

    [Fact]
    public void DescribeFactors_TheWholePipeline_CoversEveryRowAtEveryLevel()
    {
        var world = new SmallWorld();
        var factors = world.AutoGraph.DescribeFactors(world.Codes().Fit(world.Data.Items), world.Data.Items, "Title", "Knowledge");
        int rows = Tables.Texts(world.Data.Items, "Title").Length;
        Assert.All(factors.GroupBy(factor => factor.Level), level => Assert.Equal(rows, level.Sum(factor => factor.Rows)));
        Assert.Equal([0, 1], factors.Select(factor => factor.Level).Distinct());
        Assert.All(factors, factor => Assert.NotEmpty(factor.TypicalRows));
    }

    [Fact]
    public void DescribeFactors_BadInput_SaysWhatToDo()
    {
        var (autoGraph, model) = (_context.AutoGraph(), Fit());
        Assert.Contains("Expected a model with a ResidualQuantizer", Assert.Throws<ArgumentException>(() => autoGraph.DescribeFactors(_context.Transforms.CopyColumns("Copy", "Name").Fit(Things), Things, "Name")).Message, StringComparison.Ordinal);
        Assert.Contains("'Nome' (the label)", Assert.Throws<ArgumentException>(() => autoGraph.DescribeFactors(model, Things, "Nome")).Message, StringComparison.Ordinal);
        Assert.Contains("'Vector' (tags or a text)", Assert.Throws<ArgumentException>(() => autoGraph.DescribeFactors(model, Things, "Name", "Vector")).Message, StringComparison.Ordinal);
        Assert.Contains("LeastRows:", Assert.Throws<ArgumentException>(() => autoGraph.DescribeFactors(model, Things, "Name", "Tags", new FactorProfileOptions { LeastRows = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("empty table", Assert.Throws<ArgumentException>(() => autoGraph.DescribeFactors(model, _context.Data.LoadFromEnumerable(new List<Thing>()), "Name")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Maps_OfAQuantizer_HaveOnePointPerCode()
    {
        var model = _context.AutoGraph().ResidualQuantizer("Codes", "Vector", new() { Quantizer = Quantizer.ResidualKMeans, Levels = 2, CodebookSize = 5 }).Fit(Things);
        var expected = Enumerable.Range(0, 10).Select(i => (i / 5, i % 5));
        Assert.Equal(expected, model.MapByPrincipalComponents().Select(point => (point.Level, point.Code)));
        Assert.Equal(expected, model.MapByTSne(new() { Iterations = 50 }).Select(point => (point.Level, point.Code)));
    }

    private sealed class Thing
    {
        public string Name { get; set; } = "";
        [VectorType(2)] public float[] Vector { get; set; } = [];
        public string[] Tags { get; set; } = [];
        public string Text { get; set; } = "";
    }
}
