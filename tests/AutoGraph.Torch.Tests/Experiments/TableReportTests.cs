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
    public void Write_RowThatWasNotRanked_IsLeftOutOfEveryComparisonAndCounted()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none", "autograph"], [1, 2]);
        // runs come seed by seed: none, autograph, none, autograph; the third user has seen every other item, so with seen items masked the target is the only candidate
        (double Kept, double[] Masked)[] runs = [(8, [1, 5, 0, 2]), (4, [1, 4, 0, 3]), (9, [1, 2, 0, 1]), (3, [2, 3, 0, 1])];
        foreach (var (key, run) in plan.Runs.Zip(runs))
            (FakeRuns.Result(plan.OptionsOf(key), 7, 7, run.Kept, 7) with { TestSeenMaskedRanks = run.Masked, TestSeenMaskedCandidates = [50, 50, 1, 50] }).Write(plan.FileOf(key));
        var report = TableReport.Write(plan);
        var row = Table(report, "Difference from none").Rows.Single();
        double[] expected = [Mean((1, 1), (1, 2)), Mean((5, 4), (2, 3)), Mean((2, 3), (1, 1))];
        Assert.Equal(expected.Average(), row[6].Value!.Value, 12);
        Assert.Equal((0 + 1 - 1 - 1 - 1 + 0) / 49.0 / 6, row[7].Value!.Value, 12);         // GAUC: a rank less is 1/49 more
        Assert.Equal((1 / Math.Log2(5) - 1 / Math.Log2(9) + 1 / Math.Log2(4) - 1 / Math.Log2(10)) / 2 / 4, row[4].Value!.Value, 12);       // of all four rows
        Assert.Contains(report.Blocks.OfType<Paragraph>(), paragraph => paragraph.Text.EndsWith(": 0 of the test rows, 1 with seen items masked.", StringComparison.Ordinal));

        // a user's mean over seeds: seed 1 compares runs 0 and 1, seed 2 runs 2 and 3
        static double Mean((double Before, double After) one, (double Before, double After) two) => (Ndcg(one.After) - Ndcg(one.Before) + Ndcg(two.After) - Ndcg(two.Before)) / 2;
        static double Ndcg(double rank) => 1 / Math.Log2(1 + rank);
    }

    [Fact]
    public void Write_RowRankedByOneRunAlone_IsLeftOutOfBoth()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none", "autograph"], [1]);
        FakeRuns.Store(plan, 0, 1, 2, 3);
        var key = plan.Runs.ElementAt(1);
        (FakeRuns.Result(plan.OptionsOf(key), 1, 1, 1) with { TestRanks = [0, 1, 1] }).Write(plan.FileOf(key));
        var report = TableReport.Write(plan);
        Assert.Equal((1 - 1 / Math.Log2(3) + 1 - 1 / Math.Log2(4)) / 2, Table(report, "Difference from none").Rows.Single()[4].Value!.Value, 12);
        Assert.Contains(report.Blocks.OfType<Paragraph>(), paragraph => paragraph.Text.EndsWith(": 1 of the test rows, 0 with seen items masked.", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_NoRowRankedWithSeenMasked_SaysSoInItsPlace()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none", "autograph"], [1]);
        foreach (var (key, rank) in plan.Runs.Zip([2.0, 1.0]))
            (FakeRuns.Result(plan.OptionsOf(key), rank, rank) with { TestSeenMaskedRanks = [0, 0], TestSeenMaskedCandidates = [1, 1] }).Write(plan.FileOf(key));
        var row = Table(TableReport.Write(plan), "Difference from none").Rows.Single();
        Assert.StartsWith("+.3691 [", row[4].Text, StringComparison.Ordinal);
        Assert.Equal(["too few rows", "too few rows"], [row[6].Text, row[7].Text]);
    }

    [Fact]
    public void Write_RunsOverOtherRows_AreRefused()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none", "autograph"], [1]);
        FakeRuns.Store(plan, 0, 1, 2, 3);
        FakeRuns.Store(plan, 1, 1, 2);
        Assert.Contains("over 3 test rows, found 2", Assert.Throws<InvalidDataException>(() => TableReport.Write(plan)).Message, StringComparison.Ordinal);
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
