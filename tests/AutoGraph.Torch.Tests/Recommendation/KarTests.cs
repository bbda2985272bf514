using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Features;
using AutoGraph.Core.Persistence;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Recommendation;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Recommendation;

/// <summary>Semantic vectors as content fields of both towers.</summary>
public sealed class KarTests
{
    private static readonly RecommenderOptions Kar = ToyWorld.Options with { Enhancement = Enhancement.Kar };

    private static SemanticField Content(int rows, int seed)
    {
        var random = new Random(seed);
        return SemanticField.Scaled("Semantics", [.. Enumerable.Range(0, rows * 6).Select(_ => random.NextSingle())], 6);
    }

    private static RecommenderData Data(bool withGraph = false, int itemSeed = 2, int userSeed = 1)
    {
        var data = ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows), withGraph);
        return data with { UserFeatures = Add(data.UserFeatures, userSeed), ItemFeatures = Add(data.ItemFeatures, itemSeed) };

        static FeatureTable Add(FeatureTable features, int seed) => new(features.RowCount, [.. features.Fields, Content(features.RowCount, seed)]);
    }

    [Fact]
    public void Embed_SemanticField_IsTheTwoLayerPerceptronInDouble()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        var content = Content(5, 4);
        using var fields = new FieldEmbeddings("side", TrainedFeatures.Of(new FeatureTable(5, [content]), [0, 1, 2, 3, 4]), 4, generator);
        var weights = fields.named_parameters().ToDictionary(p => p.name, p => p.parameter.data<float>().ToArray());
        Assert.Equal(["contents.0.biases.0", "contents.0.biases.1", "contents.0.weights.0", "contents.0.weights.1", "tables.0"], weights.Keys.Order(StringComparer.Ordinal));

        var random = default(RandomStream);
        var embedded = fields.Embed([3, -1], 0, ref random);                    // [2, 8]: id, then content
        foreach (var (row, vector) in new[] { (0, content.Values.AsSpan(18, 6).ToArray()), (1, new float[6]) })     // an unknown row reads the mean, zeros
            for (int d = 0; d < 4; d++)
                Assert.Equal(Perceptron(weights, vector, d), embedded[row, 4 + d].item<float>(), 5);
    }

    private static double Perceptron(Dictionary<string, float[]> weights, float[] vector, int output)
    {
        var (first, bias) = (weights["contents.0.weights.0"], weights["contents.0.biases.0"]);      // [8, 6], [8]
        var (second, last) = (weights["contents.0.weights.1"], weights["contents.0.biases.1"]);     // [4, 8], [4]
        double sum = last[output];
        for (int h = 0; h < 8; h++)
        {
            double hidden = bias[h];
            for (int v = 0; v < 6; v++) hidden += (double)first[h * 6 + v] * vector[v];
            sum += second[output * 8 + h] * Math.Max(0, hidden);
        }
        return sum;
    }

    [Fact]
    public void Train_WithoutKar_SemanticVectorsChangeNothing()
    {
        var plain = ToyWorld.Options with { Enhancement = Enhancement.None };
        Assert.Equal(ToyWorld.Bits(TwoTowerRecommender.Train(ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows), false), plain, 1).Save()),
            ToyWorld.Bits(TwoTowerRecommender.Train(Data(), plain, 1).Save()));
    }

    [Fact]
    public void Train_WithKar_OtherVectorsGiveOtherItems() => Assert.NotEqual(
        TwoTowerRecommender.Train(Data(), Kar, 1).ItemVectors.ToArray(), TwoTowerRecommender.Train(Data(itemSeed: 9), Kar, 1).ItemVectors.ToArray());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Train_UserContent_DecidesWhetherUsersOwnVectorsCount(bool userContent)
    {
        var options = Kar with { UserContent = userContent };
        Assert.Equal(userContent, !ToyWorld.Bits(TwoTowerRecommender.Train(Data(), options, 1).Save()).SequenceEqual(ToyWorld.Bits(TwoTowerRecommender.Train(Data(userSeed: 9), options, 1).Save())));
        Assert.NotEqual(TwoTowerRecommender.Train(Data(), options, 1).ItemVectors.ToArray(), TwoTowerRecommender.Train(Data(itemSeed: 9), options, 1).ItemVectors.ToArray());
    }

    [Fact]
    public void Train_UserVectorsAloneWithoutUserContent_SaysThatItemsNeedThem()
    {
        var data = Data() with { ItemFeatures = ToyWorld.ItemFeatures() };
        TwoTowerRecommender.Train(data, Kar, 1);
        Assert.Contains("Expected semantic vectors of items for Enhancement.Kar", Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(data, Kar with { UserContent = false }, 1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Enhancement.Kar)]
    [InlineData(Enhancement.AutoGraph | Enhancement.Kar)]
    [InlineData(Enhancement.FrozenVectors | Enhancement.Kar)]
    public void Load_WrittenAndRead_ScoresKeepTheirBits(Enhancement enhancement)
    {
        var data = Data(withGraph: enhancement != Enhancement.Kar);
        var model = TwoTowerRecommender.Train(data, Kar with { Enhancement = enhancement }, 1);
        using var stream = new MemoryStream();
        model.Save().Write(stream);
        stream.Position = 0;
        var loaded = TwoTowerRecommender.Load(TensorDictionary.Read(stream));
        Assert.Equal(enhancement, loaded.Options.Enhancement);
        Assert.Equal(Scores(model), Scores(loaded));

        float[] Scores(TwoTowerRecommender recommender)
        {
            var queries = HeldOutRows.ToQueries(data.Train, [.. Enumerable.Range(0, ToyWorld.Users)]);
            var scores = new float[ToyWorld.Users * ToyWorld.Items];
            recommender.Score(queries, 0, ToyWorld.Users, scores);
            return scores;
        }
    }

    [Fact]
    public void Train_KarWithoutVectors_SaysWhatToDo() => Assert.Contains("SideTable.SemanticColumn",
        Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows), false), Kar, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void Train_TwoKindsOfGraphVectors_IsRefused() => Assert.Contains("AutoGraph or FrozenVectors",
        Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(Data(true), Kar with { Enhancement = Enhancement.AutoGraph | Enhancement.FrozenVectors }, 1)).Message, StringComparison.Ordinal);
}
