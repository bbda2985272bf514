using AutoGraph.Experiments;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

public sealed class TablePlanTests
{
    [Theory]
    [InlineData("autograph:no-uqu", Metapaths.UserSemantic)]
    [InlineData("autograph:no-iqi", Metapaths.ItemSemantic)]
    [InlineData("autograph:no-ui", Metapaths.Interaction)]
    [InlineData("autograph+kar:no-factors", Metapaths.UserSemantic | Metapaths.ItemSemantic)]
    public void Apply_MethodWithoutPaths_SwitchesThemOff(string method, Metapaths without) =>
        Assert.Equal(without, TableMethod.Parse(method).Apply(new() { Dataset = "" }).Without);

    [Fact]
    public void Apply_SeveralVariations_AllHold()
    {
        var options = TableMethod.Parse("autograph+kar:lsh:levels-3:shuffled").Apply(new() { Dataset = "" });
        Assert.Equal((Enhancement.AutoGraph | Enhancement.Kar, Quantizer.Lsh, 3, Control.Shuffled, Control.Shuffled), (options.Enhance, options.Quantizer, options.Levels, options.Codes, options.Vectors));
    }

    [Fact]
    public void Parse_UnknownVariation_NamesAllKnown()
    {
        string message = Assert.Throws<ArgumentException>(() => TableMethod.Parse("autograph:levels-9")).Message;
        Assert.Contains("levels-9", message, StringComparison.Ordinal);
        Assert.All(TableMethod.VariationNames, name => Assert.Contains(name, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Runs_TwoSeedsTwoMethods_ComeSeedBySeed()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none", "autograph"], [7, 3], "mind", "sasrec");
        Assert.Equal(["mind none 7", "mind autograph 7", "sasrec none 7", "sasrec autograph 7", "mind none 3", "mind autograph 3", "sasrec none 3", "sasrec autograph 3"],
            plan.Runs.Select(run => $"{RunCommand.Name(run.Backbone)} {run.Method.Name} {run.Seed}"));
    }

    [Fact]
    public void Definitions_MethodsOfAllTables_HaveLabelsAndFilesOfTheirOwn()
    {
        using var folder = new TempFolder();
        foreach (var table in TableDefinition.All)
        {
            var plan = FakeRuns.Plan(folder.Path, table.Name, table.Methods, [1]);
            Assert.Equal(table.Methods.Length, plan.Runs.Select(plan.FileOf).Distinct().Count());
            Assert.Equal(table.Methods.Length, plan.Methods.Select(table.LabelOf).Distinct().Count());
            Assert.All(table.Labels.Keys, name => Assert.Contains(name, table.Methods));
        }
    }

    [Fact]
    public void ResultOf_TablesThatShareAFolder_ShareTheRunsTheyHaveInCommon()
    {
        using var folder = new TempFolder();
        var table4 = FakeRuns.Plan(folder.Path, "table4", ["autograph", "none"], [1]);
        FakeRuns.Store(table4, 0, 1, 2, 3);
        var table6 = FakeRuns.Plan(folder.Path, "table6", ["autograph", "autograph:levels-1"], [1]);
        Assert.NotNull(table6.ResultOf(table6.Runs.First()));
        Assert.Null(table6.ResultOf(table6.Runs.Last()));
    }

    [Fact]
    public void ResultOf_ResultOfOtherSettings_SaysWhichAndWhatToDo()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none"], [1]);
        FakeRuns.Store(plan, 0, 1, 2);
        var other = plan with { Options = plan.Options with { Batch = 256, LearningRate = 1e-3 } };
        string message = Assert.Throws<InvalidDataException>(() => other.ResultOf(other.Runs.First())).Message;
        Assert.Contains("batch 1024, not 256; learning rate 0.003, not 0.001", message, StringComparison.Ordinal);
        Assert.Contains("--resume false", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ResultOf_DamagedFile_IsNamed()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none"], [1]);
        string file = plan.FileOf(plan.Runs.First());
        File.WriteAllText(file, "{\"dataset\":");
        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => plan.ResultOf(plan.Runs.First())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Locate_DataRootWithoutTheFolder_NamesIt()
    {
        using var folder = new TempFolder();
        var options = new RunOptions { Dataset = "", DataRoot = new(folder.Path) };
        Assert.Contains("lastfm-hetrec2011", Assert.Throws<ArgumentException>(() => DataRoot.Locate(options, "lastfm")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Locate_RecordedTextsInPlace_AreUsedUnlessOthersAreGiven()
    {
        using var folder = new TempFolder();
        string text = Directory.CreateDirectory(Path.Combine(folder.Path, "ml-100k", "text")).FullName;
        File.WriteAllText(Path.Combine(text, "llm_users.jsonl"), "");
        var options = new RunOptions { Dataset = "", DataRoot = new(folder.Path) };
        var located = DataRoot.Locate(options, "ml-100k");
        Assert.Equal((Path.Combine(folder.Path, "ml-100k"), Path.Combine(text, "llm_users.jsonl"), UserText.Llm), (located.Data!.FullName, located.UsersKnowledge!.FullName, located.UserTextOrDefault));
        Assert.Null(located.ItemsKnowledge);
        var given = DataRoot.Locate(options with { UsersKnowledge = new("mine.jsonl"), UserText = UserText.Mean }, "ml-100k");
        Assert.Equal(("mine.jsonl", UserText.Mean), (given.UsersKnowledge!.Name, given.UserTextOrDefault));
    }
}
