using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>The report of the simulated online tests.</summary>
internal static class OnlineTestReport
{
    public static Report Write(OnlineTestPlan plan, IReadOnlyList<(int Seed, OnlineTest? Test)> tests)
    {
        OnlineTest[] done = [.. tests.Select(pair => pair.Test).OfType<OnlineTest>()];
        List<Block> blocks =
        [
            new Paragraph("Simulated: no reader, book or click here is real, and nothing here says anything about real people. Click probabilities and prices are those of the sample world, which no model has seen; half of the readers are served by one model, half by the other."),
            new Paragraph("RPM: prices of the clicked books per thousand books shown, in a currency of no country. Intervals: 95 % bootstrap over readers. A/A: two halves of the control group, both served by its model; its interval should hold 0 in 19 of 20 tests. Truth: expected revenue of all readers under either model, which only a simulation knows. The paper's online test: +2.69 % RPM."),
            new DataTable($"{plan.Treatment.Name} against {plan.Control.Name}", ["seed", "readers", "RPM control", "RPM treatment", "difference", "95 % interval", "truth", "clicks control", "clicks treatment", "A/A difference", "A/A interval", "A/A false alarms"],
                [.. tests.Select(pair => Row(pair.Seed, pair.Test))]),
        ];
        if (done.Length > 0)
        {
            blocks.Add(new Paragraph(string.Create(CultureInfo.InvariantCulture,
                $"Mean of {done.Length} seeds: difference {done.Average(test => test.Measured.Relative):+0.0 %;-0.0 %}, truth {done.Average(test => test.Truth):+0.0 %;-0.0 %}; {done.Count(test => test.Measured.IsClear)} of {done.Length} tests and {done.Count(test => test.SameModel.IsClear)} of {done.Length} A/A checks exclude no difference.")));
            blocks.Add(new Picture(new IntervalPlot("Simulated: difference in RPM with its 95 % interval, and the A/A check beside it", "difference in RPM, percent",
                [.. done.SelectMany(test => new[] { Mark($"seed {test.Seed}: {plan.Treatment.Name} against {plan.Control.Name}", test.Measured), Mark($"seed {test.Seed}: A/A", test.SameModel) })])));
        }
        blocks.Add(new FactList("How it was measured", [("Test", plan.Settings), ("Seeds", string.Join(" ", tests.Select(pair => pair.Seed))), .. RunFacts.OfThisProcess()]));
        return new("ab", "Online test, simulated", blocks, [.. done.Select(KeptResults.Line)]);
    }

    private static Cell[] Row(int seed, OnlineTest? test) => test is null ? [Cell.Number(seed, "0"), new("not run"), .. Enumerable.Repeat(Cell.Empty, 10)] :
    [
        Cell.Number(seed, "0"), new(string.Create(CultureInfo.InvariantCulture, $"{test.Users[0]:N0} + {test.Users[1]:N0}"), test.Users.Sum()), Cell.Number(test.Measured.Control, "F1"), Cell.Number(test.Measured.Treatment, "F1"),
        Percent(test.Measured.Relative), Interval(test.Measured), Percent(test.Truth), Cell.Number(test.ControlClicks, "P2"), Cell.Number(test.TreatmentClicks, "P2"), Percent(test.SameModel.Relative), Interval(test.SameModel), Cell.Number(test.FalseAlarms, "P1"),
    ];

    private static Cell Percent(double value) => Cell.Number(value, "+0.0 %;-0.0 %");

    private static Cell Interval(ArmComparison arms) => new(string.Create(CultureInfo.InvariantCulture, $"[{arms.Lower:+0.0 %;-0.0 %}, {arms.Upper:+0.0 %;-0.0 %}]"), arms.Lower);

    private static IntervalMark Mark(string label, ArmComparison arms) => new(label, 100 * arms.Relative, 100 * arms.Lower, 100 * arms.Upper);
}
