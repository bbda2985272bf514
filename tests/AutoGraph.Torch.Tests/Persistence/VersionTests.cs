using AutoGraph.TestKit;
using Microsoft.ML;
using Xunit;

namespace AutoGraph.Torch.Tests.Persistence;

public sealed class VersionTests
{
    private const string WriteVariable = "AUTOGRAPH_TEST_ADD_VERSION";

    public static TheoryData<string> Versions => [.. ReleasedVersion.Names];

    [Theory, MemberData(nameof(Versions))]
    public void Load_ModelOfAReleasedVersion_GivesTheScoresRecordedBesideIt(string version)
    {
        var released = ReleasedVersion.Named(version);
        var expected = released.ReadScores();
        foreach (var model in (ITransformer[])[new MLContext().AutoGraph().Load(released.Model, out _), new MLContext().Model.Load(released.Model, out _)])
            Close(expected.Select(row => row.Score), ReleasedVersion.ScoresOf(model, expected.Select(row => (row.User, row.Item))));
    }

    [Theory, MemberData(nameof(Versions))]
    public void CreateEngine_LogOfAReleasedVersion_AnswersAsRecordedAndTakesMore(string version)
    {
        using var folder = new TempFolder();
        var released = ReleasedVersion.Named(version);
        File.Copy(released.Log, folder.File("log"));
        var autoGraph = new MLContext().AutoGraph();
        using var engine = autoGraph.CreateEngine(autoGraph.Load(released.Model, out _), folder.File("log"));
        var expected = released.ReadAnswers();
        var found = ReleasedVersion.AnswersOf(engine, expected.Select(row => row.User).Distinct()).ToArray();
        Assert.Equal(expected.Select(row => (row.User, row.Item)), found.Select(row => (row.User, row.Item)));
        Close(expected.Select(row => row.Score), found.Select(row => row.Score));

        engine.AddItem(ReleasedVersion.NewBook("book of today"));
        int then = engine.Snapshot.Items.Ids.PositionOf("second book"), today = engine.Snapshot.Items.Ids.PositionOf("book of today");
        Assert.Equal(engine.Snapshot.Items.Codes[then].ToArray(), engine.Snapshot.Items.Codes[today].ToArray());
        Close(engine.Snapshot.Items.Vectors[then].ToArray(), engine.Snapshot.Items.Vectors[today].ToArray());
    }

    [Fact]
    public void UpdateItem_RefreshOfAnItemWhoseFeaturesAnOldLogLacks_AsksForItsValues()
    {
        using var folder = new TempFolder();
        var released = ReleasedVersion.Named("0-format-1");
        File.Copy(released.Log, folder.File("log"));
        var autoGraph = new MLContext().AutoGraph();
        using var engine = autoGraph.CreateEngine(autoGraph.Load(released.Model, out _), folder.File("log"));
        Assert.Contains("Give Values", Assert.Throws<ArgumentException>(() => engine.UpdateItem(new NewItem("second book"))).Message, StringComparison.Ordinal);
        engine.UpdateItem(ReleasedVersion.NewBook("second book"));
        engine.UpdateItem(new NewItem("second book"));
    }

    [Fact]
    public void Versions_TheCurrentFormat_IsAmongThem()
    {
        var formats = ReleasedVersion.Names.Select(name => StoredModel.Open(ReleasedVersion.Named(name).Model).Format()).ToArray();
        Assert.True(formats.Max() == ModelFormat.Current, $"Expected a model of format {ModelFormat.Current} in {ReleasedVersion.Root}, found formats {string.Join(", ", formats)}. Add one: {ReleasedVersion.Root}/add.sh");
        Assert.All(ReleasedVersion.Names, name => Assert.InRange(new FileInfo(ReleasedVersion.Named(name).Model).Length, 1, 200_000));
    }

    [Theory, InlineData(ModelFormat.Current + 1, "Update the package AutoGraph to 9.8.7 or newer"), InlineData(ModelFormat.Oldest - 1, "fit it anew")]
    public void Load_FormatThatIsNotReadHere_SaysWhichVersionWroteIt(int format, string advice)
    {
        using var folder = new TempFolder();
        var model = StoredModel.Open(ReleasedVersion.Named(ReleasedVersion.Names.First()).Model);
        model.SetFormat(format, "9.8.7");
        model.Write(folder.File("other.zip"));

        string expected = $"AutoGraph 9.8.7 wrote this model, in format {format}; AutoGraph {ModelFormat.Package} reads formats {ModelFormat.Oldest} to {ModelFormat.Current}.";
        var error = Assert.Throws<NotSupportedException>(() => new MLContext().AutoGraph().Load(folder.File("other.zip"), out _));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
        Assert.Contains("other.zip", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, Record.Exception(() => new MLContext().Model.Load(folder.File("other.zip"), out _))!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void CreateEngine_LogOfANewerVersion_SaysSo()
    {
        using var folder = new TempFolder();
        var released = ReleasedVersion.Named(ReleasedVersion.Names.First());
        byte[] log = File.ReadAllBytes(released.Log);
        log[7]++;       // AGLOG001
        File.WriteAllBytes(folder.File("log"), log);
        var autoGraph = new MLContext().AutoGraph();
        var model = autoGraph.Load(released.Model, out _);
        Assert.Contains("A newer AutoGraph wrote the log", Assert.Throws<NotSupportedException>(() => autoGraph.CreateEngine(model, folder.File("log"))).Message, StringComparison.Ordinal);
        Assert.Equal(log, File.ReadAllBytes(folder.File("log")));
    }

    /// <summary>Started by Versions/add.sh: adds what the version at hand writes.</summary>
    [Fact(Explicit = true)]
    public void Write_ModelOfThisVersion()
    {
        string name = Environment.GetEnvironmentVariable(WriteVariable) ?? throw new InvalidOperationException($"Start {ReleasedVersion.Root}/add.sh.");
        Assert.Equal(ModelFormat.Package, name);
        ReleasedVersion.Named(name).Write();
    }

    // other processors add in another order
    private static void Close(IEnumerable<float> expected, IEnumerable<float> found)
    {
        Assert.Equal(expected.Count(), found.Count());
        foreach (var (a, b) in expected.Zip(found)) Assert.Equal(a, b, 1e-4f * (1 + Math.Abs(a)));
    }
}
