using AutoGraph.Torch.Training;
using Xunit;

namespace AutoGraph.Torch.Tests.Training;

public sealed class LearningRateTests
{
    private static double[] Rates(RecommenderOptions options, int stepsPerEpoch, int decays = 0) =>
        [.. from epoch in Enumerable.Range(1, options.Epochs) from step in Enumerable.Range(0, stepsPerEpoch) select new LearningRate(options, stepsPerEpoch).At(epoch, step, decays)];

    private static void AreClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-14);
    }

    private static RecommenderOptions Options(LearningRateSchedule schedule, double warmUp = 0) => new() { LearningRate = 0.1, Epochs = 2, Schedule = schedule, WarmUpEpochs = warmUp };

    [Fact]
    public void At_EachSchedule_EqualsHandComputed()
    {
        AreClose([.1, .1, .1, .1], Rates(Options(LearningRateSchedule.Constant), 2));
        AreClose([.1, .075, .05, .025], Rates(Options(LearningRateSchedule.Linear), 2));
        AreClose([.1, .1 * (1 + Math.Sqrt(.5)) / 2, .05, .1 * (1 - Math.Sqrt(.5)) / 2], Rates(Options(LearningRateSchedule.Cosine), 2));
        AreClose([.1, .1, .1, .1], Rates(Options(LearningRateSchedule.Plateau), 2));
        AreClose([.009, .009], Rates(Options(LearningRateSchedule.Plateau) with { Epochs = 1 }, 2, decays: 2));
    }

    [Theory]
    [InlineData(LearningRateSchedule.Constant, .1, .1)]
    [InlineData(LearningRateSchedule.Linear, .1, .05)]
    [InlineData(LearningRateSchedule.Cosine, .1, .05)]
    public void At_WarmUpOfPartOfAnEpoch_RisesInALineBeforeTheScheduleBegins(LearningRateSchedule schedule, double fifth, double sixth) =>
        AreClose([.025, .05, .075, .1, fifth, sixth], Rates(Options(schedule, 4.0 / 3), 3));

    [Fact]
    public void At_WarmUpOfAllEpochs_EndsAtTheFullRate() => AreClose([.025, .05, .075, .1], Rates(Options(LearningRateSchedule.Linear, 2), 2));
}
