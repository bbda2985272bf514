using AutoGraph.TestKit;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>Enhancements beyond the graph, from columns of the side tables.</summary>
public class EnhancementPipelineTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    private SmallWorld World => fixture.World;

    [Fact]
    public void Fit_AllEnhancements_SurviveSaveAndLoad()
    {
        const Enhancement All = Enhancement.AutoGraph | Enhancement.Kar | Enhancement.Uist | Enhancement.LightGcn | Enhancement.Ccgnn | Enhancement.TopoI2I | Enhancement.HistoryField | Enhancement.Alignment;
        var model = World.AutoGraph.MetapathGraph(World.Users(), Items(World.Items()), SmallWorld.Graph)
            .Append(World.AutoGraph.Recommender(SmallWorld.Options with { Enhancement = All }, World.Split.Validation)).Fit(World.Split.Train);
        var scores = SmallWorld.Scores(model, World.Split.Test);
        using var folder = new TempFolder();
        World.Context.Model.Save(model, World.Split.Train.Schema, folder.File("model.zip"));
        Assert.Equal(scores, SmallWorld.Scores(new MLContext().Model.Load(folder.File("model.zip"), out _), World.Split.Test));
    }

    [Fact]
    public void Fit_WithoutAGraph_TheDefaultMeansNoneAndWhatNeedsAGraphIsRefused()
    {
        float[] Scores(Enhancement enhancement) => SmallWorld.Scores(World.AutoGraph.Recommender(new SideTable(World.Data.Users, "UserId"), Items(new SideTable(World.Data.Items, "ItemId")),
            SmallWorld.Options with { Enhancement = enhancement }).Fit(World.Split.Train), World.Split.Test);
        var plain = Scores(Enhancement.None);
        Assert.Equal(plain, Scores(new RecommenderOptions().Enhancement));
        foreach (var enhancement in new[] { Enhancement.AutoGraph, Enhancement.Kar, Enhancement.LightGcn | Enhancement.Uist, Enhancement.Alignment })
            Assert.Contains("Append the recommender to MetapathGraph", Assert.Throws<ArgumentException>(() => Scores(enhancement)).Message, StringComparison.Ordinal);
        foreach (var enhancement in new[] { Enhancement.LightGcn, Enhancement.Ccgnn, Enhancement.TopoI2I, Enhancement.HistoryField }) Assert.NotEqual(plain, Scores(enhancement));
    }

    [Theory]
    [InlineData(Enhancement.Ccgnn, "PhraseTextColumn")]
    [InlineData(Enhancement.TopoI2I, "NeighborsColumn")]
    public void Fit_ColumnNotNamed_SaysWhichProperty(Enhancement enhancement, string property) => Assert.Contains(property, Assert.Throws<ArgumentException>(() =>
        World.AutoGraph.Recommender(new SideTable(World.Data.Users, "UserId"), new SideTable(World.Data.Items, "ItemId"), SmallWorld.Options with { Enhancement = enhancement }).Fit(World.Split.Train)).Message, StringComparison.Ordinal);

    [Fact]
    public void Fit_PhrasesThatNoTextShares_NamesTheColumnAndItsOptions()
    {
        var items = new SideTable(World.Data.Items, "ItemId") { PhraseTextColumn = "Knowledge", Phrases = new() { MinTexts = 1_000_000 } };
        string message = Assert.Throws<ArgumentException>(() => World.AutoGraph.Recommender(new SideTable(World.Data.Users, "UserId"), items, SmallWorld.Options).Fit(World.Split.Train)).Message;
        Assert.Contains("PhraseTextColumn 'Knowledge'", message, StringComparison.Ordinal);
        Assert.Contains("SideTable.Phrases", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_PhrasesOfTheUserTable_AreRefused() => Assert.Contains("of the item table alone", Assert.Throws<ArgumentException>(() =>
        World.AutoGraph.Recommender(new SideTable(World.Data.Users, "UserId") { PhraseTextColumn = "Knowledge" }, new SideTable(World.Data.Items, "ItemId"), SmallWorld.Options).Fit(World.Split.Train)).Message, StringComparison.Ordinal);

    [Fact]
    public void Fit_NeighborUnknownToTheTable_NamesIdAndRow()
    {
        var items = Items(new SideTable(World.Data.Items, "ItemId"), "nobody");
        var error = Assert.Throws<ArgumentException>(() => World.AutoGraph.Recommender(new SideTable(World.Data.Users, "UserId"), items, SmallWorld.Options with { Enhancement = Enhancement.TopoI2I }).Fit(World.Split.Train));
        Assert.Contains("'nobody' in row 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_NeighborsOfAWrongType_SaysSoBeforeTraining()
    {
        var items = new SideTable(World.Data.Items, "ItemId") { NeighborsColumn = "Title" };
        var error = Assert.Throws<ArgumentException>(() => World.AutoGraph.Recommender(new SideTable(World.Data.Users, "UserId"), items, SmallWorld.Options).Fit(World.Split.Train));
        Assert.Contains("Title", error.Message, StringComparison.Ordinal);
    }

    // each item is like the one before it in the table
    private SideTable Items(SideTable table, string? first = null)
    {
        string[] ids = [.. World.Data.Items.GetColumn<string>("ItemId")];
        var before = ids.Index().ToDictionary(item => item.Item, item => new[] { item.Index == 0 ? first ?? ids[^1] : ids[item.Index - 1] }, StringComparer.Ordinal);
        var view = World.Context.Transforms.CustomMapping<ItemRow, Similar>((row, output) => output.Value = before[row.ItemId], null).Fit(table.Data).Transform(table.Data);
        return table with { Data = view, PhraseTextColumn = "Knowledge", NeighborsColumn = "Similar" };
    }

    private sealed class ItemRow
    {
        public string ItemId { get; set; } = "";
    }

    private sealed class Similar
    {
        [ColumnName("Similar")]
        public string[] Value { get; set; } = [];
    }
}
