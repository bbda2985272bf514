using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Recommendation;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Recommendation;

/// <summary>Schedules, clipping and early stopping in the engine itself.</summary>
public sealed class ScheduleTests
{
    private static RecommenderData Data => ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows));

    private static readonly RecommenderOptions Plateau = ToyWorld.Options with
    {
        Enhancement = Enhancement.None,
        EarlyStopping = true,
        Schedule = LearningRateSchedule.Plateau,
        Epochs = 40,
        Patience = 2,
        DecayFactor = 0.5,
        Decays = 3,
    };

    /// <summary>Trains with validation values that are made up; gives the weights that were validated in each epoch, and those kept.</summary>
    private static (TrainingReport Report, List<float[]> Validated, float[] Kept) Run(RecommenderOptions options, params double[] values)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var train = ToyWorld.Table(ToyWorld.Rows);
        using var model = new TwoTowerModel(TrainedFeatures.Of(ToyWorld.UserFeatures(), train.UserOf), TrainedFeatures.Of(ToyWorld.ItemFeatures(), train.ItemOf), EnhancementWidths.None, options, generator);
        var samples = new TrainingSamples(new Core.Interactions.UserHistories(train), options);
        var validated = new List<float[]>();
        var report = new RecommenderTraining(model, null, samples, options, 1).Run(() =>
        {
            validated.Add(Weights());
            return values[validated.Count - 1];
        });
        return (report, validated, Weights());

        float[] Weights() => [.. model.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];
    }

    [Fact]
    public void Plateau_NoBetterValue_RateFallsGoesOnFromTheBestAndStopsAfterTheLastFall()
    {
        // best at 2; patience 2 runs out at 4 (first fall), 5 is better, runs out at 7 (second), at 9 (third), at 11 (end)
        var (report, validated, kept) = Run(Plateau, .1, .3, .2, .3, .4, .1, .4, .2, .2, .1, .1);
        Assert.Equal(11, report.Epochs.Count);
        Assert.Equal(5, report.BestEpoch);
        Assert.Equal([.01, .01, .01, .01, .005, .005, .005, .0025, .0025, .00125, .00125], report.Epochs.Select(epoch => Math.Round(epoch.LearningRate, 8)));
        Assert.Equal(validated[4], kept);
        // on from the best weights: after a fall to a rate close to zero the averages stay where the best ones were
        var (_, still, _) = Run(Plateau with { DecayFactor = 0.001, WeightDecay = 0 }, .1, .3, .2, .2, .2, .2, .2, .2, .2, .2);
        Assert.True(Distance(still[4], still[1]) < 0.05 * Distance(still[3], still[1]), $"{Distance(still[4], still[1])} from the best, {Distance(still[3], still[1])} before the fall");
        Assert.True(Distance(still[6], still[1]) < 0.05 * Distance(still[3], still[1]));
    }

    [Fact]
    public void Plateau_WithoutFalls_IsTheConstantRate()
    {
        double[] values = [.1, .3, .2, .2, .5];
        var (constant, _, kept) = Run(Plateau with { Schedule = LearningRateSchedule.Constant }, values);
        var (plateau, _, other) = Run(Plateau with { Decays = 0 }, values);
        Assert.Equal(kept, other);
        Assert.Equal((4, 4, 2), (constant.Epochs.Count, plateau.Epochs.Count, plateau.BestEpoch));
    }

    [Fact]
    public void Run_EverySchedule_ReportsItsRatesAndTheSameSeedGivesTheSameBits()
    {
        foreach (var schedule in Enum.GetValues<LearningRateSchedule>())
        {
            var options = ToyWorld.Options with { Schedule = schedule, EarlyStopping = true, WarmUpEpochs = 0.5, Epochs = 3, GradientClip = 0.1 };
            var model = TwoTowerRecommender.Train(Data, options, 1);
            Assert.Equal(ToyWorld.Bits(model.Save()), ToyWorld.Bits(TwoTowerRecommender.Train(Data, options, 1).Save()));
            double last = model.Report.Epochs[^1].LearningRate;
            if (schedule is LearningRateSchedule.Linear or LearningRateSchedule.Cosine) Assert.InRange(last, 1e-12, 0.2 * options.LearningRate);
            else Assert.Equal(options.LearningRate, last);
        }
    }

    [Fact]
    public void Run_GradientClip_ChangesTrainingOnlyWhereGradientsAreLonger()
    {
        var options = ToyWorld.Options with { Enhancement = Enhancement.None };
        var plain = ToyWorld.Bits(TwoTowerRecommender.Train(Data, options, 1).Save());
        Assert.Equal(plain, ToyWorld.Bits(TwoTowerRecommender.Train(Data, options with { GradientClip = 1e6 }, 1).Save()));
        Assert.NotEqual(plain, ToyWorld.Bits(TwoTowerRecommender.Train(Data, options with { GradientClip = 0.01 }, 1).Save()));
    }

    [Fact]
    public void Train_InvalidSchedule_ListsAllOfIt()
    {
        var error = Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(Data, new()
        {
            Schedule = LearningRateSchedule.Plateau, EarlyStopping = false, WarmUpEpochs = 200, DecayFactor = 1, Decays = -1, GradientClip = 0,
        }, 1));
        foreach (string name in (string[])["Schedule", "WarmUpEpochs", "DecayFactor", "Decays", "GradientClip"]) Assert.Contains(name + ":", error.Message, StringComparison.Ordinal);
        Assert.Contains("Schedule: expected one of Constant", Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(Data, new() { Schedule = (LearningRateSchedule)9 }, 1)).Message, StringComparison.Ordinal);
    }

    private static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => (double)(x - y) * (x - y)).Sum());
}
