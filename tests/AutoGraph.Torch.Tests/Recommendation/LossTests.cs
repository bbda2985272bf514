using AutoGraph.Torch.Recommendation;
using Xunit;

namespace AutoGraph.Torch.Tests.Recommendation;

/// <summary>Every loss with every source of negatives.</summary>
public sealed class LossTests
{
    public static TheoryData<RankingLoss, NegativeSource> Combinations
    {
        get
        {
            var data = new TheoryData<RankingLoss, NegativeSource> { { RankingLoss.FullSoftmax, NegativeSource.Uniform } };
            foreach (var loss in Enum.GetValues<RankingLoss>().Except([RankingLoss.FullSoftmax]))
                foreach (var source in Enum.GetValues<NegativeSource>()) data.Add(loss, source);
            return data;
        }
    }

    [Theory, MemberData(nameof(Combinations))]
    public void Train_Checkerboard_MissingItemOfTheColourComesFirst(RankingLoss loss, NegativeSource source) => Checkerboard.AssertLearns(new() { Loss = loss, NegativeSource = source });

    [Theory, MemberData(nameof(Combinations))]
    public void Train_MindWithTheGraph_SameSeedSameBitsAndFiniteLoss(RankingLoss loss, NegativeSource source)
    {
        var data = ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows));
        var options = ToyWorld.Options with { Backbone = Backbone.Mind, Loss = loss, NegativeSource = source };
        var model = TwoTowerRecommender.Train(data, options, 1);
        Assert.Equal(ToyWorld.Bits(model.Save()), ToyWorld.Bits(TwoTowerRecommender.Train(data, options, 1).Save()));
        Assert.All(model.Report.Epochs, epoch => Assert.True(double.IsFinite(epoch.Loss) && epoch.Loss > 0));
    }

    [Fact]
    public void Train_InvalidLossOptions_ListsAllOfThem()
    {
        var error = Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows)),
            new() { Loss = (RankingLoss)9, NegativeSource = (NegativeSource)9, PopularityPower = -1 }, 1));
        foreach (string name in (string[])["Loss", "NegativeSource", "PopularityPower"]) Assert.Contains(name + ":", error.Message, StringComparison.Ordinal);
    }
}
