using System.Security.Cryptography;
using System.Text.Json;
using AutoGraph.Core.Persistence;
using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;
using Xunit;

namespace AutoGraph.Torch.Tests.Export;

/// <summary>The files of an export, and what is refused.</summary>
public sealed class OnnxFilesTests(ExportWorld world) : IClassFixture<ExportWorld>
{
    private static readonly string[] Files = ["item_scores.onnx", "item_vectors.safetensors", "manifest.json", "user_tower.onnx", "vocabularies.json"];

    private ITransformer Fit(Backbone backbone = Backbone.YouTubeDnn) => world.Fit(ExportWorld.Options with { Backbone = backbone, Enhancement = Enhancement.AutoGraph | Enhancement.Kar });

    [Fact]
    public void ExportOnnx_Files_AreThoseOfTheManifestWithTheirChecksums()
    {
        using var export = new Exported(world, Fit());
        Assert.Equal(Files, Directory.GetFiles(export.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(export.File("manifest.json")));
        Assert.Equal((world.ItemIds.Length, 0), (manifest.RootElement.GetProperty("items").GetInt32(), manifest.RootElement.GetProperty("removed_items").GetInt32()));
        var hashes = manifest.RootElement.GetProperty("sha256").EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString());
        Assert.Equal(Files.Except(["manifest.json"]), hashes.Keys.Order(StringComparer.Ordinal));
        Assert.All(hashes, pair => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(export.File(pair.Key)))), pair.Value));
        string[] inputs = [.. manifest.RootElement.GetProperty("user_tower").GetProperty("inputs").EnumerateArray().Select(input => input.GetProperty("name").GetString()!)];
        Assert.Equal(["history", "user", "feature_City", "feature_Age", "feature_Tastes", "feature_Semantics"], inputs);
        var vocabularies = JsonSerializer.Deserialize<Dictionary<string, string[]>>(File.ReadAllBytes(export.File("vocabularies.json")))!;
        Assert.Equal(world.ItemIds, vocabularies["items"]);
        Assert.Equal(world.UserIds, vocabularies["users"]);
        Assert.Equal(["City 1", "City 2", "City 0", "Nowhere"], vocabularies["feature_City"]);
    }

    [Fact]
    public void ExportOnnx_ItemVectors_AreATableInTheOrderOfTheVocabulary()
    {
        var model = Fit();
        using var export = new Exported(world, model);
        using var stream = File.OpenRead(export.File("item_vectors.safetensors"));
        float[] vectors = TensorDictionary.Read(stream).Floats("item_vectors", world.ItemIds.Length, ExportWorld.Options.Dimension);
        using var engine = world.AutoGraph.CreateEngine(model);
        foreach (var near in engine.SimilarItems(world.ItemIds[4], 5)) Assert.Equal(near.Similarity, Cosine(Vector(4), Vector(Array.IndexOf(world.ItemIds, near.Id))), 1e-4f);

        ReadOnlySpan<float> Vector(int item) => vectors.AsSpan(item * ExportWorld.Options.Dimension, ExportWorld.Options.Dimension);
        static float Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(a, b);
    }

    [Theory, InlineData(Backbone.YouTubeDnn), InlineData(Backbone.Mind), InlineData(Backbone.Gru4Rec), InlineData(Backbone.SasRec)]
    public void ExportOnnx_Graphs_AreStandardOperatorsOfOneOpset(Backbone backbone)
    {
        using var export = new Exported(world, Fit(backbone));
        foreach (string file in (string[])["user_tower.onnx", "item_scores.onnx"])
        {
            var model = global::Onnx.ModelProto.Parser.ParseFrom(File.ReadAllBytes(export.File(file)));
            Assert.Equal(("", 17L, 8L), (Assert.Single(model.OpsetImport).Domain, model.OpsetImport[0].Version, model.IrVersion));
            Assert.All(model.Graph.Node, node => Assert.Equal("", node.Domain));
            var known = model.Graph.Input.Select(input => input.Name).Concat(model.Graph.Initializer.Select(tensor => tensor.Name)).Append("").ToHashSet();
            foreach (var node in model.Graph.Node)
            {
                Assert.Empty(node.Input.Except(known));
                Assert.All(node.Output, name => Assert.True(known.Add(name), name));
            }
            Assert.Empty(model.Graph.Output.Select(output => output.Name).Except(known));
        }
    }

    [Fact]
    public void ExportOnnx_OfALoadedModelOverAnOlderExport_WritesTheSameFiles()
    {
        var model = Fit(Backbone.SasRec);
        using var export = new Exported(world, model);
        using var folder = new TempFolder();
        foreach (string name in Files) File.WriteAllText(folder.File(name), "old");
        world.AutoGraph.Save(model, null, folder.File("model.zip"));
        world.AutoGraph.ExportOnnx(new MLContext().AutoGraph().Load(folder.File("model.zip"), out _), folder.Path);
        Assert.All(Files, name => Assert.Equal(File.ReadAllBytes(export.File(name)), File.ReadAllBytes(folder.File(name))));
    }

    [Fact]
    public void ExportOnnx_OwnBackbone_IsRefusedByNameAndWritesNothing()
    {
        OwnBackbones.Register("export", shape => new OwnBackboneSample.ConvolutionBackbone(shape));
        var model = world.Fit(ExportWorld.Options with { OwnBackbone = "export", Enhancement = Enhancement.None });
        using var folder = new TempFolder();
        var error = Assert.Throws<NotSupportedException>(() => world.AutoGraph.ExportOnnx(model, folder.File("export")));
        Assert.Contains("your own backbone 'export'", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void ExportOnnx_ModelWithoutRecommender_IsRefused()
    {
        var model = world.AutoGraph.ResidualQuantizer("Codes", "Semantics", SmallWorld.Quantizer).Fit(world.Users.Data);
        Assert.Contains("Expected a model with a recommender", Assert.Throws<ArgumentException>(() => world.AutoGraph.ExportOnnx(model, "export")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constant_MoreThanAFileHolds_IsRefused()
    {
        var graph = new OnnxGraph("user_tower", mostBytes: 100);
        graph.Constant(new float[20], 20);
        Assert.Contains("100 bytes in 'user_tower'", Assert.Throws<NotSupportedException>(() => graph.Constant(new float[6], 6)).Message, StringComparison.Ordinal);
    }
}
