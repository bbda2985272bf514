using System.CommandLine;
using System.Globalization;
using AutoGraph.Core.Codes;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using AutoGraph.Datasets;
using AutoGraph.Experiments;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

/// <summary>Controls and ablations from the command line to what was trained: each changes what it names, and nothing else.</summary>
[Collection(nameof(Sequential))]
public sealed class RunRegimeTests
{
    private static readonly string[] Common = ["--dataset", "sample-world", "--backbone", "youtubednn", "--enhance", "autograph", "--quantizer", "residual-kmeans", "--epochs", "1", "--seed", "3", "--threads", "1"];

    private static readonly Lazy<Task<TrainedRun>> Standard = new(() => Run.TrainAsync(Options(), CancellationToken.None));

    [Theory]
    [InlineData(Metapaths.UserSemantic, "uqu")]
    [InlineData(Metapaths.ItemSemantic, "iqi")]
    [InlineData(Metapaths.Interaction, "ui")]
    [InlineData(Metapaths.UserSemantic | Metapaths.Interaction, "uqu", "ui")]
    public async Task TrainAsync_Without_SwitchesThesePathsOffAlone(Metapaths off, params string[] names)
    {
        Assert.Equal(["Without"], Changed(["--without", .. names]));
        var (standard, run) = (await Standard.Value, await TrainAsync(["--without", .. names]));
        Assert.Equal(Metapaths.All, standard.Model.Graph!.Options.Metapaths);
        Assert.Equal(standard.Model.Graph.Options with { Metapaths = Metapaths.All & ~off }, run.Model.Graph!.Options);
        HaveTheSameInteractions(standard, run);
        Assert.Equal(standard.Model.Graph.Graph.UserCodes.Values, run.Model.Graph.Graph.UserCodes.Values);
        Assert.Equal(standard.Model.Graph.Graph.ItemCodes.Values, run.Model.Graph.Graph.ItemCodes.Values);
        Assert.Equal(2, run.Model.Graph.Graph.Levels);
        Assert.Equal(standard.Vectors!.Items.Cast<float>(), run.Vectors!.Items.Cast<float>());
        Assert.NotEqual(standard.Model.ItemVectors.ToArray(), run.Model.ItemVectors.ToArray());
    }

    [Fact]
    public async Task TrainAsync_AutoGraph_HasTheCodesThatFiguresShow()
    {
        var run = await Standard.Value;
        var codes = new FigureCodes(Options(), CancellationToken.None);
        Assert.Equal((await codes.OfAsync("users")).Codes.Values, run.Model.Graph!.Graph.UserCodes.Values);
        Assert.Equal((await codes.OfAsync("items")).Codes.Values, run.Model.Graph.Graph.ItemCodes.Values);
        Assert.Equal(run.Train.Count, run.Model.Graph.Graph.Histories.Count);       // training rows, no held-out ones
        Assert.Equal(run.Data.Split.Train.Count, run.Train.Count);
    }

    [Fact]
    public async Task TrainAsync_ColdItems_HaveCodesAndNoPartInTheirCodebooks()
    {
        var run = await TrainAsync("--cold-items", "0.2", "--min-history", "3");
        var (graph, cold) = (run.Model.Graph!.Graph, run.Data.Cold!.Items);
        Assert.All(cold, item => Assert.Equal((0, 2), (graph.ItemToUsers.Degree(item), graph.ItemToFactors.Degree(item))));
        Assert.DoesNotContain(graph.FactorToItems.Columns.ToArray(), cold.Contains);        // they read factors, and no factor reads them
        var vectors = (float[,])run.Vectors!.Items.Clone();
        foreach (int item in cold)
            for (int d = 0; d < vectors.GetLength(1); d++) vectors[item, d] = 9;
        var others = FactorCodes.Fit(vectors, run.Data.KnownItems, run.Data.Codes.Items, Options("--cold-items", "0.2", "--min-history", "3"), CancellationToken.None).Codes;
        Assert.All(run.Data.KnownItems, item => Assert.Equal(others.Row(item).ToArray(), graph.ItemCodes.Row(item).ToArray()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task TrainAsync_Levels_MakesFactorNodesOfSoManyAlone(int levels)
    {
        Assert.Equal(["Levels"], Changed("--levels", $"{levels}"));
        var (standard, run) = (await Standard.Value, await TrainAsync("--levels", $"{levels}"));
        Assert.Equal(standard.Model.Graph!.Options with { FactorLevels = levels }, run.Model.Graph!.Options);
        var (before, after) = (standard.Model.Graph.Graph, run.Model.Graph.Graph);
        HaveTheSameInteractions(standard, run);
        Assert.Equal(before.UserCodes.Values, after.UserCodes.Values);
        Assert.Equal(before.ItemCodes.Values, after.ItemCodes.Values);
        Assert.Equal((levels, levels * after.UserCodes.CodebookSize, levels * after.ItemCodes.CodebookSize), (after.Levels, after.UserToFactors.ColumnCount, after.ItemToFactors.ColumnCount));
        Factors(after.UserToFactors, after.UserCodes, levels);
        Factors(after.ItemToFactors, after.ItemCodes, levels);

        static void Factors(Adjacency edges, CodeTable codes, int levels)
        {
            for (int row = 0; row < codes.Count; row++)
                Assert.Equal(Enumerable.Range(0, levels).Select(level => level * codes.CodebookSize + codes.Row(row)[level]), edges.Neighbors(row).ToArray().Order());
        }
    }

    [Fact]
    public async Task TrainAsync_ShuffledCodes_AreThoseOfOtherRows()
    {
        Assert.Equal(["Codes"], Changed("--codes", "shuffled"));
        var (standard, run) = (await Standard.Value, await TrainAsync("--codes", "shuffled"));
        Assert.Equal(standard.Model.Graph!.Options, run.Model.Graph!.Options);
        HaveTheSameInteractions(standard, run);
        Assert.Equal(standard.Vectors!.Items.Cast<float>(), run.Vectors!.Items.Cast<float>());
        Assert.Equal(standard.Vectors.Users.Cast<float>(), run.Vectors.Users.Cast<float>());
        var (before, after) = (standard.Model.Graph.Graph, run.Model.Graph.Graph);
        Assert.Equal(FactorCodes.Shuffle(before.UserCodes, 3).Values, after.UserCodes.Values);
        Assert.Equal(FactorCodes.Shuffle(before.ItemCodes, 3).Values, after.ItemCodes.Values);
        Assert.NotEqual(before.ItemCodes.Values.ToArray(), after.ItemCodes.Values.ToArray());
        Assert.NotEqual(before.ItemToFactors.Columns.ToArray(), after.ItemToFactors.Columns.ToArray());      // the graph is made of them
        Assert.Equal(standard.Codebooks!.Item.Perplexity, run.Codebooks!.Item.Perplexity);
    }

    [Fact]
    public async Task TrainAsync_ShuffledVectors_AreThoseOfOtherRows()
    {
        Assert.Equal(["Vectors"], Changed("--vectors", "Shuffled"));
        var (standard, run) = (await Standard.Value, await TrainAsync("--vectors", "Shuffled"));
        Assert.Equal(SemanticVectors.Shuffled(standard.Vectors!.Items, 3).Cast<float>(), run.Vectors!.Items.Cast<float>());
        Assert.Equal(SemanticVectors.Shuffled(standard.Vectors.Users, 3).Cast<float>(), run.Vectors.Users.Cast<float>());
        Assert.Equal(standard.Model.Graph!.Options, run.Model.Graph!.Options);
        HaveTheSameInteractions(standard, run);
    }

    [Fact]
    public async Task TrainAsync_Shuffled_UsersAsMeansOfItemsHaveTheCodesAndVectorsOfOneOtherRow()
    {
        var standard = await TrainAsync("--user-text", "mean");
        var run = await TrainAsync("--user-text", "mean", "--codes", "shuffled", "--vectors", "shuffled");
        var (before, after) = (standard.Model.Graph!.Graph, run.Model.Graph!.Graph);
        Assert.Equal(standard.Codebooks!.User.Perplexity, run.Codebooks!.User.Perplexity);       // codes fitted on the same vectors
        Assert.Equal(FactorCodes.Shuffle(before.UserCodes, 3).Values, after.UserCodes.Values);
        Assert.Equal(FactorCodes.Shuffle(before.ItemCodes, 3).Values, after.ItemCodes.Values);
        Assert.Equal(SemanticVectors.Shuffled(standard.Vectors!.Users, 3).Cast<float>(), run.Vectors!.Users.Cast<float>());
        Assert.Equal(SemanticVectors.Shuffled(standard.Vectors.Items, 3).Cast<float>(), run.Vectors.Items.Cast<float>());
        var place = Enumerable.Range(0, before.ItemCount).ToArray();
        new Random(3).Shuffle(place);
        for (int item = 0; item < place.Length; item++) Assert.Equal(before.ItemCodes.Row(place[item]).ToArray(), after.ItemCodes.Row(item).ToArray());
        Assert.Equal(Row(standard.Vectors.Items, place[7]), Row(run.Vectors.Items, 7));

        static float[] Row(float[,] vectors, int row) => [.. Enumerable.Range(0, vectors.GetLength(1)).Select(d => vectors[row, d])];
    }

    [Fact]
    public async Task TrainAsync_TrainUsers_LeavesOtherUsersOutOfTrainingAndTestsAll()
    {
        Assert.Equal(["TrainUsers"], Changed("--train-users", "0.25"));
        var (standard, run) = (await Standard.Value, await TrainAsync("--train-users", "0.25"));
        var (train, users) = (run.Train, Of(run.Train));
        Assert.Equal(Of(standard.Train).Count, standard.Train.Users.Count);                // every user could train
        Assert.Equal(Math.Round(0.25 * train.Users.Count), users.Count);
        Assert.Equal(Rows(standard.Train).Where(row => users.Contains(row.User)), Rows(train));
        var graph = run.Model.Graph!.Graph;
        for (int user = 0; user < graph.UserCount; user++)
        {
            Assert.Equal(users.Contains(user) ? standard.Model.Graph!.Graph.UserToItems.Neighbors(user).ToArray() : [], graph.UserToItems.Neighbors(user).ToArray());
            Assert.Equal(users.Contains(user), graph.Histories.ItemsOf(user).Length > 0);
        }
        Assert.Equal(FactorCodes.Fit(run.Vectors!.Users, [.. users.Order()], run.Data.Codes.Users, Options("--train-users", "0.25"), CancellationToken.None).Codes.Values, graph.UserCodes.Values);       // codebooks know them alone
        Assert.Equal(standard.Data.Test.Targets, run.Data.Test.Targets);
        Assert.Equal(standard.Data.Validation.Targets, run.Data.Validation.Targets);
        var tested = TestedRun.Of(run, validationOnly: false);
        Assert.Equal(run.Data.Split.Test.Count, tested.Test!.SeenKept.Evaluated);
        Assert.NotEqual(users.Order(), Of((await TrainAsync("--train-users", "0.25", "--seed", "4")).Train).Order());

        static HashSet<int> Of(InteractionTable train) => [.. train.UserOf];
    }

    private static Task<TrainedRun> TrainAsync(params string[] more) => Run.TrainAsync(Options(more), CancellationToken.None);

    /// <summary>The options that the command line gives, in a small world.</summary>
    private static RunOptions Options(params string[] more)
    {
        var arguments = new RunArguments();
        var command = new Command("run");
        foreach (var option in arguments.All) command.Add(option);
        var parsed = command.Parse([.. Common.Where((_, at) => !more.Contains(Common[at / 2 * 2])), .. more]);
        Assert.Empty(parsed.Errors);
        return arguments.Read(parsed) with { Cache = null, Display = new LineDisplay(TextWriter.Null), World = new SampleWorldOptions { Readers = 60, Books = 60 } };
    }

    /// <summary>Names of the settings that these arguments change.</summary>
    private static string[] Changed(params string[] more)
    {
        var (before, after) = (Options(), Options(more));
        return [.. typeof(RunOptions).GetProperties().Where(setting => Text(setting.GetValue(before)) != Text(setting.GetValue(after))).Select(setting => setting.Name)];

        static string? Text(object? value) => value is IEnumerable<int> values ? string.Join(' ', values) : Convert.ToString(value, CultureInfo.InvariantCulture);
    }

    private static void HaveTheSameInteractions(TrainedRun a, TrainedRun b)
    {
        Assert.Equal(Rows(a.Train), Rows(b.Train));
        Assert.Equal(a.Model.Graph!.Graph.UserToItems.Columns, b.Model.Graph!.Graph.UserToItems.Columns);
        Assert.Equal(a.Model.Graph.Graph.UserToItems.Offsets, b.Model.Graph.Graph.UserToItems.Offsets);
    }

    private static IEnumerable<(int User, int Item, long Time)> Rows(InteractionTable table) =>
        [.. Enumerable.Range(0, table.Count).Select(row => (table.UserOf[row], table.ItemOf[row], table.TimeOf[row]))];
}
