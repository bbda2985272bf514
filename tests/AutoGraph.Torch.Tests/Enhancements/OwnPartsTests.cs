using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Persistence;
using AutoGraph.TestKit;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Tests.Recommendation;
using AutoGraph.Torch.Tests.Training;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Enhancements;

/// <summary>Backbones and enhancements from outside the library, through its public API.</summary>
public sealed class OwnPartsTests
{
    /// <summary>The latest item's embedding.</summary>
    private sealed class LatestItem(int dimension) : OwnBackbone(nameof(LatestItem))
    {
        public override int Width => dimension;

        public override Tensor Encode(Tensor items, Tensor mask) => items.select(1, items.shape[1] - 1);
    }

    /// <summary>One trained vector per item, and remembers what it was told.</summary>
    private sealed class Items : OwnEnhancement
    {
        private readonly Parameter vectors;

        public Items(OwnEnhancementInput input) : base(nameof(Items))
        {
            vectors = nn.Parameter(randn([input.Train.Items.Count, 4], generator: input.Generator));
            RegisterComponents();
        }

        public List<int> Told { get; } = [];

        public override int UserWidth => 0;

        public override int ItemWidth => 4;

        public override (Tensor? Users, Tensor? Items) Vectors(IReadOnlyList<(int User, int Item)> positives)
        {
            Told.Add(positives.Count);
            return (null, vectors.alias());
        }
    }

    private sealed class Wrong(int rows, int width) : OwnEnhancement(nameof(Wrong))
    {
        public override int UserWidth => width;

        public override int ItemWidth => 0;

        public override (Tensor? Users, Tensor? Items) Vectors(IReadOnlyList<(int User, int Item)> positives) => (zeros(rows, 3), null);
    }

    /// <summary>How often each item was had, and a number of each type that tensors have, beside a trained vector.</summary>
    private class Counted : OwnEnhancement
    {
        private readonly Parameter vector;
        private readonly BatchNorm1d norm;
        private readonly Tensor counts;         // [I]
        private readonly Tensor rows;           // [rows] int64: of another length where rows are held out
        private readonly Tensor grades;         // [2] int32
        private readonly Tensor flags;          // [3] bool
        private readonly Tensor fine;           // [1] float64

        public Counted(OwnEnhancementInput input, int grade = 7) : base(nameof(Counted))
        {
            int[] items = input.Train.ItemOf.ToArray();
            vector = nn.Parameter(randn([1, 3], generator: input.Generator));
            norm = nn.BatchNorm1d(3);
            counts = tensor(Enumerable.Range(0, input.Train.Items.Count).Select(item => (float)items.Count(one => one == item)).ToArray());
            rows = arange(items.Length);
            grades = tensor([5, grade]);
            flags = tensor([true, false, true]);
            fine = tensor([1d / 3]);
            RegisterComponents();
        }

        /// <summary>What there was when vectors were asked for in inference.</summary>
        public List<(float[] Counts, string Others, string Statistics)> Seen { get; } = [];

        public override int UserWidth => 0;

        public override int ItemWidth => 3;

        public override (Tensor? Users, Tensor? Items) Vectors(IReadOnlyList<(int User, int Item)> positives)
        {
            if (positives.Count == 0)
                Seen.Add((counts.data<float>().ToArray(), $"{rows.numel()} {string.Join(' ', grades.data<int>().ToArray())} {string.Join(' ', flags.data<bool>().ToArray())} {fine.item<double>() == 1d / 3}",
                    $"{norm.num_batches_tracked!.item<long>()} {string.Join(' ', norm.running_mean!.data<float>().ToArray())}"));
            return (null, norm.forward(counts.unsqueeze(1) * vector));
        }
    }

    private sealed class CountedOtherwise(OwnEnhancementInput input) : Counted(input);

    private static RecommenderData Data => ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows));

    private static RecommenderOptions Plain => ToyWorld.Options with { Enhancement = Enhancement.None };

    [Fact]
    public void OwnBackbone_LatestItem_IgnoresEarlierOnesAndSurvivesStorage()
    {
        OwnBackbones.Register("latest", shape => new LatestItem(shape.Dimension));
        var model = TwoTowerRecommender.Train(Data, Plain with { OwnBackbone = "latest" }, 1);
        var vectors = new float[4 * model.Dimension];
        model.UserVectors([1, 1, 1, 1], [(int[])[4, 5, 6], (int[])[6], (int[])[6, 5], ReadOnlyMemory<int>.Empty], vectors);
        float[] Of(int row) => vectors[(row * model.Dimension)..((row + 1) * model.Dimension)];
        Assert.Equal(Of(0), Of(1), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.NotEqual(Of(0), Of(2));
        Assert.NotEqual(Of(0), Of(3));

        using var stream = new MemoryStream();
        model.Save().Write(stream);
        stream.Position = 0;
        Assert.Equal(Scores(model), Scores(TwoTowerRecommender.Load(TensorDictionary.Read(stream))));
    }

    [Fact]
    public void OwnBackbone_NotRegistered_SaysHow()
    {
        var error = Assert.Throws<InvalidOperationException>(() => TwoTowerRecommender.Train(Data, Plain with { OwnBackbone = "unheard of" }, 1));
        Assert.Contains("'unheard of'", error.Message, StringComparison.Ordinal);
        Assert.Contains("OwnBackbones.Register", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OwnEnhancement_Trains_IsToldThePositivesAndLoadsWithoutItsType()
    {
        Items? made = null;
        var model = TwoTowerRecommender.Train(Data, Plain with { OwnEnhancements = [input => made = new Items(input)] }, 1);
        Assert.Equal(model.Report.Samples * 2, made!.Told.Sum());              // two epochs
        Assert.Equal(0, made.Told[^1]);                                       // inference
        Assert.NotEqual(Scores(TwoTowerRecommender.Train(Data, Plain, 1)), Scores(model));
        using var stream = new MemoryStream();
        model.Save().Write(stream);
        stream.Position = 0;
        var loaded = TwoTowerRecommender.Load(TensorDictionary.Read(stream));
        Assert.Empty(loaded.Options.OwnEnhancements);
        Assert.Equal(Scores(model), Scores(loaded));
    }

    [Fact]
    public void OwnEnhancement_TensorsOfAnyType_KeepTheirValuesAndTheResultHasThoseOfAllRows()
    {
        var made = new List<Counted>();
        var options = Plain with { EarlyStopping = true, OwnEnhancements = [input => { made.Add(new(input)); return made[^1]; }] };
        TwoTowerRecommender.Train(Data, options, 1);
        Assert.Equal(2, made.Count);                                          // without the rows held out, and with them
        int[] items = Data.Train.ItemOf.ToArray();
        var result = Assert.Single(made[1].Seen);
        Assert.Equal(Enumerable.Range(0, ToyWorld.Items).Select(item => (float)items.Count(one => one == item)), result.Counts);
        Assert.Equal($"{items.Length} 5 7 True False True True", result.Others);
        Assert.All(made[0].Seen, seen => Assert.Equal(items.Length - ToyWorld.Users, seen.Counts.Sum()));
        Assert.All(made[0].Seen, seen => Assert.Equal($"{items.Length - ToyWorld.Users} 5 7 True False True True", seen.Others));
        Assert.Contains(result.Statistics, made[0].Seen.Select(seen => seen.Statistics));
        Assert.DoesNotContain(" 0 0 0", result.Statistics, StringComparison.Ordinal);
    }

    [Fact]
    public void OwnEnhancement_TensorsOfAnyType_GoOnFromACheckpointToTheSameBitsAndNotFromThatOfAnotherType()
    {
        using var folder = new TempFolder();
        var options = Plain with { Epochs = 4, OwnEnhancements = [input => new Counted(input)] };
        var straight = TwoTowerRecommender.Train(Data, options, 1);
        using var source = new CancellationTokenSource();
        var kept = options with { CheckpointPath = folder.File("run.checkpoint") };
        Assert.ThrowsAny<OperationCanceledException>(() => TwoTowerRecommender.Train(Data, kept with { CancellationToken = source.Token, Progress = new Sink(p => { if (p.Epoch == 2) source.Cancel(); }) }, 1));
        Assert.Contains("found that of another", Assert.Throws<InvalidOperationException>(() => TwoTowerRecommender.Train(Data, kept with { OwnEnhancements = [input => new CountedOtherwise(input)] }, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("found that of another", Assert.Throws<InvalidOperationException>(() => TwoTowerRecommender.Train(Data, kept with { OwnEnhancements = [input => new Counted(input, 8)] }, 1)).Message, StringComparison.Ordinal);
        Assert.Equal(ToyWorld.Bits(straight.Save()), ToyWorld.Bits(TwoTowerRecommender.Train(Data, kept, 1).Save()));
    }

    [Theory]
    [InlineData(ToyWorld.Users, 4, "3")]
    [InlineData(5, 3, "5")]
    [InlineData(ToyWorld.Users, 0, "widths 0 and 0")]
    public void OwnEnhancement_WrongShape_NamesItAndWhatWasFound(int rows, int width, string found)
    {
        var error = Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(Data, Plain with { OwnEnhancements = [_ => new Wrong(rows, width)] }, 1));
        Assert.Contains(nameof(Wrong), error.Message, StringComparison.Ordinal);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OwnParts_WithEverythingInside_TrainTogether()
    {
        OwnBackbones.Register("latest", shape => new LatestItem(shape.Dimension));
        var options = ToyWorld.Options with { OwnBackbone = "latest", Enhancement = Enhancement.AutoGraph | Enhancement.HistoryField, OwnEnhancements = [input => new Items(input), input => new Items(input)] };
        Assert.All(Scores(TwoTowerRecommender.Train(Data, options, 1)), score => Assert.True(float.IsFinite(score)));
    }

    private static float[] Scores(TwoTowerRecommender model)
    {
        var scores = new float[3 * ToyWorld.Items];
        model.Score(new RankingQueries([0, 5, -1], [0, 0, 0], [0, 3, 4, 6], [1, 2, 3, 4, 5, 6]), 0, 3, scores);
        return scores;
    }
}
