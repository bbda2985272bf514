using AutoGraph.Core.Randomness;
using AutoGraph.Datasets;
using AutoGraph.Experiments;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

[Collection(nameof(Sequential))]
public sealed class OnlineTestTests
{
    [Fact]
    public void Of_FewUsers_RpmIsRevenuePerThousandImpressions()
    {
        var control = new Visits([10, 30], [1, 1], [2, 6], [0, 0]);      // 8 / 40
        var treatment = new Visits([10, 10, 20], [0, 1, 1], [100, 3, 9], [0, 0, 0]);
        var arms = ArmComparison.Of(([0, 1], control), ([1, 2], treatment), 1000, seed: 1);
        Assert.Equal((200, 400, 1.0), (arms.Control, arms.Treatment, arms.Relative));
        Assert.Equal(.3 / .2 - 1, arms.Lower, 10);      // both resamples the first user: .2, and .3
        Assert.Equal(.45 / .2 - 1, arms.Upper, 10);
    }

    [Fact]
    public void Of_SameModelForAll_IntervalsRaiseFewFalseAlarms()
    {
        var random = new RandomStream(5);
        double[] revenue = [.. Enumerable.Range(0, 400).Select(_ => { int clicks = 0; for (int i = 0; i < 20; i++) clicks += random.NextDouble() < .1 ? 1 : 0; return clicks * 10.0; })];
        var visits = new Visits([.. revenue.Select(_ => 20)], [.. revenue.Select(value => (int)value / 10)], revenue, revenue);
        var test = OnlineTest.Of(visits, visits, seed: 3, splits: 200);
        Assert.Equal(0, test.Truth);
        Assert.InRange(test.FalseAlarms, .005, .12);
        Assert.Equal([200, 200], test.Users);
    }

    [Fact]
    public void Of_BetterTreatment_IsFound()
    {
        var control = new Visits([.. Enumerable.Repeat(10, 300)], new int[300], [.. Enumerable.Range(0, 300).Select(user => user % 3 * 10.0)], [.. Enumerable.Repeat(10.0, 300)]);
        var treatment = control with { Revenue = [.. control.Revenue.Select(value => value * 1.5)], Expected = [.. control.Expected.Select(value => value * 1.5)] };
        var test = OnlineTest.Of(control, treatment, seed: 1, splits: 20);
        Assert.Equal(.5, test.Truth, 10);
        Assert.InRange(test.Measured.Relative, .2, .9);
        Assert.True(test.Measured.Lower > 0);
    }

    [Fact]
    public async Task RunAsync_SameMethodOnBothSides_DiffersByTheUsersAloneAndResumes()
    {
        using var folder = new TempFolder();
        var options = new RunOptions { Dataset = DataSets.Simulated, Epochs = 1, Cache = null, Display = new LineDisplay(TextWriter.Null), World = new SampleWorldOptions { Readers = 150, Books = 60 } };
        var plan = new OnlineTestPlan(options, TableMethod.Parse("none"), TableMethod.Parse("none"), new(Days: 3, Slots: 5, Splits: 10));
        var input = new PlanInput(options, [DataSets.Simulated], [2], new(folder.Path), Resume: true, ReportOnly: false);
        var test = (await plan.RunAsync(input, CancellationToken.None)).Single().Test!;
        Assert.Equal(0, test.Truth);
        Assert.Equal(150, test.Users.Sum());
        Assert.True(test.Measured.Control > 0 && test.Measured.Treatment > 0);
        Assert.InRange(test.ControlClicks, .01, .9);

        var again = (await plan.RunAsync(input with { ReportOnly = true }, CancellationToken.None)).Single().Test!;
        Assert.Equal(test.Measured, again.Measured);
        var report = OnlineTestReport.Write(plan, [(2, again), (3, null)]);
        Assert.Contains("imulated", report.Title, StringComparison.Ordinal);
        Assert.Equal("not run", report.Blocks.OfType<DataTable>().Single().Rows[1][1].Text);
    }
}
