using AutoGraph.Experiments;
using AutoGraph.Torch.Training;
using Spectre.Console;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

public sealed class DisplayTests
{
    private static readonly TrainingProgress Epoch = new("recommender", 3, 100, 3.25, .0412, TimeSpan.FromSeconds(12));

    [Fact]
    public void LineDisplay_RunAndEpoch_PrintsPlainLines()
    {
        var target = new StringWriter { NewLine = "\n" };
        var display = new LineDisplay(target);
        display.Begin("ml-1m, mind, autograph, seed 2", 3, 24, TimeSpan.FromHours(2.5));
        display.Report(Epoch);
        display.Begin("last", 24, 24, null);
        Assert.Equal("[3/24] ml-1m, mind, autograph, seed 2; 2.5 hours left\nrecommender 3/100: loss 3.2500, validation NDCG@10 0.0412, 12 s\n[24/24] last\n", target.ToString());
    }

    [Fact]
    public async Task BarDisplay_OnATerminal_ShowsRunEpochAndTimeLeft()
    {
        var target = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(target) });
        console.Profile.Width = 200;
        int code = await BarDisplay.ShowAsync(console, display =>
        {
            display.Begin("[mind], seed 2", 3, 24, TimeSpan.FromHours(2.5));
            display.Report(Epoch);
            display.Say("codes in [1] s");
            return Task.FromResult(5);
        });
        Assert.Equal(5, code);
        string shown = target.ToString();
        foreach (string part in (string[])["run 3 of 24: [mind], seed 2; 2.5 hours left", "recommender 3/100: loss 3.2500, validation NDCG@10 0.0412, 12 s; 2.5 hours left", "codes in [1] s"]) Assert.Contains(part, shown, StringComparison.Ordinal);
        Assert.Contains('\u001b', shown);
    }
}
