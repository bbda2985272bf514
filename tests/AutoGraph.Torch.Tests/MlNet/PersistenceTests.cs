using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using AutoGraph.TestKit;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

public class PersistenceTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    private SmallWorld World => fixture.World;

    private IDataView Test => World.Split.Test;

    [Fact]
    public void ModelSave_PlainMLNet_LoadsWithTheSameScoresAndVectors()
    {
        using var folder = new TempFolder();
        World.Context.Model.Save(fixture.Model, World.Split.Train.Schema, folder.File("plain.zip"));
        var loaded = new MLContext().Model.Load(folder.File("plain.zip"), out var schema);

        Assert.Equal(["UserId", "ItemId", "Timestamp"], schema.Select(column => column.Name));
        string user = Tables.Texts(World.Data.Users, "UserId")[0];
        Assert.Equal(Describe(World.AutoGraph.CreateEngine(fixture.Model).Recommend(user)), Describe(new MLContext().AutoGraph().CreateEngine(loaded).Recommend(user)));
        Assert.Equal(SmallWorld.Scores(fixture.Model, Test), SmallWorld.Scores(loaded, Test));
        Assert.Equal(SmallWorld.Vectors(fixture.Model.Transform(Test), "ItemGraphVector"), SmallWorld.Vectors(loaded.Transform(Test), "ItemGraphVector"));
    }

    [Fact]
    public async Task ModelLoad_FreshProcessThatNamesNoAutoGraphType_GivesTheSameScores()
    {
        using var folder = new TempFolder();
        string path = folder.File("films.zip");
        World.Context.Model.Save(fixture.Model, World.Split.Train.Schema, path);
        var pairs = Tables.Texts(Test, "UserId").Zip(Tables.Texts(Test, "ItemId")).ToArray();
        await File.WriteAllLinesAsync(path + ".rows", pairs.Select(pair => $"{pair.First}\t{pair.Second}"), TestContext.Current.CancellationToken);

        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(typeof(PersistenceTests).Assembly.Location);
        foreach (string argument in (string[])["-method", $"*{nameof(LoadedElsewhere)}.{nameof(LoadedElsewhere.Score_SavedModel_WritesScoresBesideIt)}", "-explicit", "only", "-noLogo"]) start.ArgumentList.Add(argument);
        start.Environment[LoadedElsewhere.ModelVariable] = path;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, output + await error);
        var rows = Tables.Interactions(World.Context, [.. pairs.Select(pair => (pair.First, pair.Second, 0L))]);
        Assert.Equal(SmallWorld.Scores(fixture.Model, rows), File.ReadLines(path + ".scores").Select(line => float.Parse(line, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Load_SealedFile_GivesTheSameScoresReportAndRecommendations()
    {
        using var folder = new TempFolder();
        World.AutoGraph.Save(fixture.Model, World.Split.Train.Schema, folder.File("model.zip"));
        var loaded = World.AutoGraph.Load(folder.File("model.zip"), out _);
        var plain = World.Context.Model.Load(folder.File("model.zip"), out _);

        Assert.Equal(SmallWorld.Scores(fixture.Model, Test), SmallWorld.Scores(loaded, Test));
        Assert.Equal(SmallWorld.Scores(fixture.Model, Test), SmallWorld.Scores(plain, Test));
        Assert.Equal(World.AutoGraph.Evaluate(fixture.Model, Test).ToString(), World.AutoGraph.Evaluate(loaded, Test).ToString());
        string user = Tables.Texts(World.Data.Users, "UserId")[0];
        Assert.Equal(Describe(World.AutoGraph.CreateEngine(fixture.Model).Recommend(user)), Describe(World.AutoGraph.CreateEngine(loaded).Recommend(user)));
        Assert.Equal(["model.zip"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Load_SealedFile_BringsTheSidePipelinesBack()
    {
        using var folder = new TempFolder();
        World.AutoGraph.Save(fixture.Model, World.Split.Train.Schema, folder.File("model.zip"));
        float[][] Quantized(ITransformer model) => SmallWorld.Vectors(
            TransformerSearch.Flatten(model).OfType<MetapathGraphTransformer>().Single().ItemPipeline!.Transform(World.Data.Items), "CodesQuantized");
        Assert.Equal(Quantized(fixture.Model), Quantized(World.AutoGraph.Load(folder.File("model.zip"), out _)));
    }

    [Fact]
    public void Load_ModelSavedAgain_IsTheSameModel()
    {
        using var folder = new TempFolder();
        World.AutoGraph.Save(fixture.Model, World.Split.Train.Schema, folder.File("once.zip"));
        World.AutoGraph.Save(World.AutoGraph.Load(folder.File("once.zip"), out var schema), schema, folder.File("twice.zip"));
        Assert.Equal(SmallWorld.Scores(fixture.Model, Test), SmallWorld.Scores(World.AutoGraph.Load(folder.File("twice.zip"), out _), Test));
    }

    [Fact]
    public void Load_StepThreeAlone_StillHandsItsGraphToARecommender()
    {
        using var folder = new TempFolder();
        var step3 = World.AutoGraph.MetapathGraph(World.Users(), World.Items(), SmallWorld.Graph).Fit(World.Split.Train);
        World.AutoGraph.Save(step3, World.Split.Train.Schema, folder.File("graph.zip"));
        var loaded = World.AutoGraph.Load(folder.File("graph.zip"), out _);

        var direct = World.AutoGraph.Recommender(SmallWorld.Options).Fit(step3.Transform(World.Split.Train));
        var later = World.AutoGraph.Recommender(SmallWorld.Options).Fit(loaded.Transform(World.Split.Train));
        Assert.Equal(SmallWorld.Scores(direct, Test), SmallWorld.Scores(later, Test));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    [InlineData(0.999)]
    public void Load_TruncatedFile_IsNamedAsTruncated(double part)
    {
        using var folder = new TempFolder();
        World.AutoGraph.Save(fixture.Model, World.Split.Train.Schema, folder.File("model.zip"));
        byte[] bytes = File.ReadAllBytes(folder.File("model.zip"));
        File.WriteAllBytes(folder.File("cut.zip"), bytes[..(int)(bytes.Length * part)]);

        var error = Assert.Throws<InvalidDataException>(() => World.AutoGraph.Load(folder.File("cut.zip"), out _));
        Assert.Contains("cut.zip', found none: the file is truncated", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OneChangedByte_FailsTheChecksum()
    {
        using var folder = new TempFolder();
        World.AutoGraph.Save(fixture.Model, World.Split.Train.Schema, folder.File("model.zip"));
        byte[] bytes = File.ReadAllBytes(folder.File("model.zip"));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(folder.File("bad.zip"), bytes);

        var error = Assert.Throws<InvalidDataException>(() => World.AutoGraph.Load(folder.File("bad.zip"), out _));
        Assert.Contains("the file is damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ForeignAndMissingFiles_SaySo()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("notes.zip"), "These are notes, not a model.");
        Assert.Contains("found another kind of file", Assert.Throws<InvalidDataException>(() => World.AutoGraph.Load(folder.File("notes.zip"), out _)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => World.AutoGraph.Load(folder.File("absent.zip"), out _));
    }

    [Theory]
    [InlineData("Weights")]
    [InlineData("Graph")]
    [InlineData("Histories")]
    public void ModelLoad_DamagedPart_IsNamed(string part)
    {
        using var folder = new TempFolder();
        World.Context.Model.Save(fixture.Model, World.Split.Train.Schema, folder.File("model.zip"));
        using (var archive = ZipFile.Open(folder.File("model.zip"), ZipArchiveMode.Update))
        {
            var entry = archive.Entries.Single(entry => entry.Name == part && !entry.FullName.Contains("Pipeline", StringComparison.Ordinal));
            string name = entry.FullName;
            byte[] bytes;
            using (var stream = entry.Open())
            using (var memory = new MemoryStream())
            {
                stream.CopyTo(memory);
                bytes = memory.ToArray();
            }
            bytes[^3] ^= 0x40;
            entry.Delete();
            using var target = archive.CreateEntry(name).Open();
            target.Write(bytes);
        }

        var error = Assert.Throws<InvalidDataException>(() => World.AutoGraph.Load(folder.File("model.zip"), out _));
        Assert.Contains($"The part '{part}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("is damaged: Expected checksum", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Describe(IEnumerable<global::AutoGraph.Recommendation> items) =>
        items.Select(item => $"{item.ItemId} {item.Score:R} {string.Join(";", item.Reasons.Select(reason => $"{reason.Level}.{reason.Code}:{string.Join(",", reason.HistoryItems)}"))}");
}
