using System.Globalization;
using AutoGraph.Experiments;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

public sealed class TableReportTests
{
    [Fact]
    public void Write_TwoSeeds_MeanDeviationAndBestAreThoseOfTheRanks()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none", "autograph"], [1, 2]);
        FakeRuns.Store(plan, 0, 1, 50);     // NDCG@10 (1 + 0) / 2
        FakeRuns.Store(plan, 1, 1, 1);      // 1
        FakeRuns.Store(plan, 2, 3, 50);     // (1/2 + 0) / 2
        FakeRuns.Store(plan, 3, 1, 3);      // 3/4
        var figures = Table(TableReport.Write(plan), "Figures");
        int ndcg = figures.Columns.ToList().IndexOf("NDCG@10"), gauc = figures.Columns.ToList().IndexOf("GAUC");
        Assert.Equal(".3750 ± .1768", figures.Rows[0][ndcg].Text);
        Assert.Equal(".8750 ± .1768", figures.Rows[1][ndcg].Text);
        Assert.Equal((0.375, 0.875), (figures.Rows[0][ndcg].Value!.Value, figures.Rows[1][ndcg].Value!.Value));
        Assert.Equal((false, true), (figures.Rows[0][ndcg].Best, figures.Rows[1][ndcg].Best));
        Assert.Equal(((1 + .51) / 2 + (.98 + .51) / 2) / 2, figures.Rows[0][gauc].Value!.Value, 10);
    }

    [Fact]
    public void Write_OtherMethodBetter_DifferenceIntervalAndRelativeFigureAreOfTheUsers()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none", "autograph"], [1]);
        double[] plain = [.. Enumerable.Repeat(3.0, 40)], better = [.. Enumerable.Repeat(1.0, 20), .. Enumerable.Repeat(3.0, 20)];
        FakeRuns.Store(plan, 0, plain);
        FakeRuns.Store(plan, 1, better);
        var row = Table(TableReport.Write(plan), "Difference from none").Rows.Single();
        Assert.Equal("+50.0 %", row[3].Text);                       // .5 to .75
        Assert.StartsWith("+.2500 [+.", row[4].Text, StringComparison.Ordinal);
        double[] ends = [.. row[4].Text.Split('[', ',', ']').Skip(1).Take(2).Select(end => double.Parse(end, CultureInfo.InvariantCulture))];
        double error = Math.Sqrt(.25 * .25 / 40);                   // the differences are 0 or 1/2
        Assert.InRange(ends[0], .25 - 2.3 * error, .25 - 1.6 * error);
        Assert.InRange(ends[1], .25 + 1.6 * error, .25 + 2.3 * error);
        Assert.Equal("yes (1)", row[^1].Text);
    }

    [Fact]
    public void Write_MissingRuns_SaysNotRun()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none", "kar", "autograph"], [1, 2]);
        FakeRuns.Store(plan, 0, 1, 2, 3);
        FakeRuns.Store(plan, 2, 1, 1, 1);
        var report = TableReport.Write(plan);
        var figures = Table(report, "Figures");
        Assert.Equal(["1", "", "1"], figures.Rows.Select(row => row[2].Text));
        Assert.Equal("not run", figures.Rows[1][3].Text);
        Assert.Contains(report.Blocks.OfType<Paragraph>(), paragraph => paragraph.Text.StartsWith("4 of 6 runs have not ended", StringComparison.Ordinal));
        Assert.Equal("not run", Table(report, "Difference from none").Rows[0][3].Text);
        Assert.Equal("none", Table(report, "AutoGraph and the best method without it").Rows.Single()[2].Text);
        Assert.Equal(2, report.Lines.Count);
    }

    [Fact]
    public void Write_TestSplitUnread_ReportsTheFiguresOfValidation()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none", "autograph"], [1]);
        plan = plan with { Options = plan.Options with { ValidationOnly = true } };
        foreach (var (run, rank) in plan.Runs.Zip([4.0, 1.0]))
            (FakeRuns.Result(plan.OptionsOf(run), rank) with { Test = null, TestSeenMasked = null, TestRanks = null, TestSeenMaskedRanks = null, TestCandidates = null, TestSeenMaskedCandidates = null }).Write(plan.FileOf(run));
        var report = TableReport.Write(plan);
        var figures = Table(report, "Figures");
        Assert.Equal([1 / Math.Log2(5), 1], figures.Rows.Select(row => row[3].Value!.Value), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.DoesNotContain(figures.Columns, name => name.Contains("masked", StringComparison.Ordinal));
        Assert.DoesNotContain(report.Blocks.OfType<DataTable>(), table => table.Caption.Contains("Difference", StringComparison.Ordinal));
        Assert.Contains("<svg", HtmlReport.Write(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NoRun_SaysSoAndStillTellsTheMachine()
    {
        using var folder = new TempFolder();
        var report = TableReport.Write(FakeRuns.Plan(folder.Path, "table5", ["autograph"], [1]));
        Assert.Contains(report.Blocks.OfType<Paragraph>(), paragraph => paragraph.Text == "No run has ended yet.");
        Assert.Contains(report.Blocks.OfType<FactList>().Single().Facts, fact => fact.Name == "Packages" && fact.Value.Contains("TorchSharp 0.", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_BestOther_IsTheOneOfHighestMeanNdcg()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none", "kar", "lightgcn", "autograph"], [1]);
        foreach (var (run, ranks) in ((double[][])[[5, 6], [2, 3], [4, 5], [1, 2]]).Index()) FakeRuns.Store(plan, run, ranks);
        Assert.Equal("kar", Table(TableReport.Write(plan), "AutoGraph and the best method without it").Rows.Single()[2].Text);
    }

    [Fact]
    public void Write_JsonLines_ReadBackAsTheResults()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table4", ["autograph"], [1]);
        FakeRuns.Store(plan, 0, 4, 2.5);
        string file = folder.File("line.json");
        File.WriteAllText(file, TableReport.Write(plan).Lines.Single());
        var result = RunResult.Read(file);
        Assert.Equal([4, 2.5], result.TestRanks!);
        Assert.Equal([256, 256, 256], result.Codebooks!.Item.LevelSizes!);
    }

    [Fact]
    public void Find_PaperFigures_AreThoseOfTheTables()
    {
        Assert.Equal(new PaperFigures(.0707, .1221, .0686, .9128), PaperFigures.Find("table2", "ml-1m", "youtubednn", "autograph"));
        Assert.Equal(new PaperFigures(.1114, .1852, .1011, .8376), PaperFigures.Find("table2", "book-crossing", "sasrec", "autograph"));
        Assert.Equal(new PaperFigures(.0594, .1102, .0572, .9102), PaperFigures.Find("table4", "ml-1m", "mind", "autograph:no-ui"));
        Assert.Null(PaperFigures.Find("table2", "amazon-beauty", "mind", "none"));
    }

    private static DataTable Table(Report report, string caption) => report.Blocks.OfType<DataTable>().Single(table => table.Caption.StartsWith(caption, StringComparison.Ordinal));
}
