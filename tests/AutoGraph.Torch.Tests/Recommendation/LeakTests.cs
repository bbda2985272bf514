using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Interactions;
using AutoGraph.Torch.Recommendation;
using Xunit;

namespace AutoGraph.Torch.Tests.Recommendation;

/// <summary>Method §1, "Leakage": held-out targets reach no weight.</summary>
public sealed class LeakTests
{
    [Theory]
    [InlineData(Enhancement.AutoGraph)]
    [InlineData(Enhancement.FrozenVectors)]
    [InlineData(Enhancement.None)]
    public void Train_FixedEpochs_PermutedValidationAndTestTargetsChangeNoWeight(Enhancement enhancement)
    {
        var options = ToyWorld.Options with { Enhancement = enhancement };
        Assert.Equal(Weights(options, permuteValidation: false, permuteTest: false), Weights(options, permuteValidation: true, permuteTest: true));
    }

    [Theory]
    [InlineData(true, false, 1)]
    [InlineData(false, true, 3)]
    [InlineData(false, false, 2)]
    public void Train_EveryFormOfTheGraph_PermutedValidationAndTestTargetsChangeNoWeight(bool attentionV2, bool pairwise, int layers)
    {
        var form = ToyWorld.GraphOptions with { AttentionV2 = attentionV2, Pairwise = pairwise, ContentNodes = true, Gates = true, Layers = layers, Dropout = 0.1 };
        Assert.Equal(Weights(ToyWorld.Options, permuteValidation: false, permuteTest: false, form), Weights(ToyWorld.Options, permuteValidation: true, permuteTest: true, form));
    }

    [Fact]
    public void Train_EarlyStopping_PermutedTestTargetsChangeNoWeight()
    {
        var options = ToyWorld.Options with { EarlyStopping = true, Epochs = 4, Patience = 1 };
        Assert.Equal(Weights(options, permuteValidation: false, permuteTest: false), Weights(options, permuteValidation: false, permuteTest: true));
    }

    [Fact]
    public void Train_PermutedTrainingTargets_ChangeWeights()
    {
        var table = ToyWorld.Table(ToyWorld.Rows);
        var split = LeaveOneOut.Split(table, 2);
        Assert.NotEqual(Fit(table.Select([.. split.Train]), null, ToyWorld.Options), Fit(Permuted(table, split.Train).Select([.. split.Train]), null, ToyWorld.Options));
    }

    /// <summary>Splits a table whose held-out targets may have been exchanged, and fits on it as a user would.</summary>
    private static string Weights(RecommenderOptions options, bool permuteValidation, bool permuteTest, MetapathGraphOptions? form = null)
    {
        var table = ToyWorld.Table(ToyWorld.Rows);
        var split = LeaveOneOut.Split(table, 2);
        if (permuteTest) table = Permuted(table, split.Test);
        if (permuteValidation) table = Permuted(table, split.Validation);
        split = LeaveOneOut.Split(table, 2);
        return Fit(table.Select([.. split.Train]), HeldOutRows.ToQueries(table, split.Validation), options, form);
    }

    private static string Fit(InteractionTable train, RankingQueries? validation, RecommenderOptions options, MetapathGraphOptions? form = null)
    {
        var model = TwoTowerRecommender.Train(ToyWorld.Data(train, form: form) with { Validation = validation }, options, seed: 3);
        return string.Join('\n', ToyWorld.Bits(model.Save()).Select(entry => entry.Key + " " + entry.Value));
    }

    private static InteractionTable Permuted(InteractionTable table, IReadOnlyList<int> rows)
    {
        int[] items = table.ItemOf.ToArray();
        for (int i = 0; i < rows.Count; i++) items[rows[i]] = table.ItemOf[rows[(i + 1) % rows.Count]];
        Assert.NotEqual(table.ItemOf.ToArray(), items);
        return new InteractionTable(table.Users, table.Items, table.UserOf.ToArray(), items, table.TimeOf.ToArray());
    }
}
