using AutoGraph.Semantics.Knowledge;
using AutoGraph.TestKit;
using Microsoft.Extensions.AI;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>Every kind of bad input is refused before anything is trained or paid for.</summary>
public class BadInputTests(TrainedWorld world) : IClassFixture<TrainedWorld>
{
    private AutoGraphCatalog AutoGraph => world.AutoGraph;

    private static void Says(string expected, Exception error) => Assert.Contains(expected, error.Message, StringComparison.Ordinal);

    private ArgumentException Refused(IDataView train, SideTable? users = null, SideTable? items = null) =>
        Assert.ThrowsAny<ArgumentException>(() => AutoGraph.MetapathGraph(users ?? world.Users, items ?? world.Items, TrainedWorld.Graph).Fit(train));

    private IDataView Without(IDataView view, string column) => world.Context.Transforms.DropColumns(column).Fit(view).Transform(view);

    [Fact]
    public void Fit_MissingColumn_NamesItAndThoseThere()
    {
        Says("Expected a column 'ItemId' (the item id); found only UserId, Timestamp", Refused(Without(world.Split.Train, "ItemId")));
        Says("'Reader' (the user id of the user table)", Refused(world.Split.Train, new SideTable(world.Data.Users, "Reader", world.Codes())));
        Says("'Knowledge'", Refused(world.Split.Train, new SideTable(Without(world.Data.Users, "Knowledge"), "UserId", world.Codes())));
        var uncoded = Refused(world.Split.Train, items: new SideTable(world.Data.Items, "ItemId"));
        Says("'Codes' (the codes of the item table)", uncoded);
        Says("give the side table a pipeline that does", uncoded);
        Says("feature column 'Colour'", Refused(world.Split.Train, items: world.Items with { Features = ["Colour"] }));
    }

    [Fact]
    public void Fit_WrongColumnType_SaysExpectedFoundAndRemedy()
    {
        var train = world.Context.Transforms.Conversion.ConvertType("UserId", "Timestamp", DataKind.Single).Fit(world.Split.Train).Transform(world.Split.Train);
        var error = Refused(train);
        Says("an id: text, a key or a whole number; found Single", error);
        Says("Conversion.ConvertType", error);
        Says("a vector of Single", Assert.Throws<ArgumentException>(() => AutoGraph.ResidualQuantizer("Codes", "Knowledge").Fit(world.Data.Items)));
        Says("to hold text", Assert.Throws<ArgumentException>(() => AutoGraph.SemanticVector("V", "Price").Fit(world.Data.Items)));
        Says("a vector of keys", Refused(world.Split.Train, world.Users with { CodesColumn = "Semantics" }));
    }

    [Fact]
    public void Options_OutOfRange_AreRefusedWhenTheStepIsMade()
    {
        ArgumentException Made(Func<object> make) => Assert.Throws<ArgumentException>(() => make());
        Says("ResidualQuantizerOptions cannot be used: Levels: expected 1 to 8, found 0; CodebookSize: expected 2 to 65536, found -1", Made(() => AutoGraph.ResidualQuantizer("Codes", "Semantics", new() { Levels = 0, CodebookSize = -1 })));
        Says("MetapathGraphOptions cannot be used: Heads: expected 1 to 16, found 0", Made(() => AutoGraph.MetapathGraph(world.Users, world.Items, new() { Heads = 0, Dimension = 8 })));
        Says("RecommenderOptions cannot be used: LearningRate: expected 1E-08 to 1, found -1", Made(() => AutoGraph.Recommender(new RecommenderOptions { LearningRate = -1 })));
        Says("Epochs: expected 1 to 100000, found -3", Made(() => AutoGraph.Recommender(world.Users, world.Items, new() { Epochs = -3 })));
        Says("HiddenWidths: expected widths from 1 to 16384, found null", Made(() => AutoGraph.Recommender(new RecommenderOptions { HiddenWidths = null! })));
        Says("HiddenWidths: expected widths from 1 to 16384, found null", Made(() => AutoGraph.ResidualQuantizer("Codes", "Semantics", new() { HiddenWidths = null! })));
        using var folder = new TempFolder();
        Says($"CheckpointPath: expected a file in a folder that is there, found '{folder.Path}'", Made(() => AutoGraph.Recommender(new RecommenderOptions { CheckpointPath = folder.Path })));
        string nowhere = Path.Combine(folder.File("absent"), "quantizer.checkpoint");
        Says($"CheckpointPath: expected a file in a folder that is there, found '{nowhere}'", Made(() => AutoGraph.ResidualQuantizer("Codes", "Semantics", new() { CheckpointPath = nowhere })));
        Says($"CheckpointPath: expected a file in a folder that is there, found '{nowhere}'", Made(() => AutoGraph.MetapathGraph(world.Users, world.Items, new() { CheckpointPath = nowhere })));
        using var unnamed = new UnnamedClient();
        var asks = new SemanticVectorOptions { Prompt = new("book", 1, "{Title}"), ChatClient = unnamed, Store = new InMemoryKnowledgeStore() };
        Says("set KnowledgeGeneratorOptions.Model", Made(() => AutoGraph.SemanticVector("V", asks)));
        Says("expected Concurrency of 1 to 1024, found 0", Made(() => AutoGraph.SemanticVector("V", asks with { Generation = new() { Model = "m", Concurrency = 0 } })));
    }

    [Fact]
    public void Fit_ValidationWithoutRows_IsRefusedBeforeAnythingIsPaidFor()
    {
        using var client = new EchoChatClient();
        var paid = AutoGraph.SemanticVector("Semantics", new SemanticVectorOptions { Prompt = new("book", 1, "{Title}"), ChatClient = client, Store = new InMemoryKnowledgeStore() })
            .Append(AutoGraph.ResidualQuantizer("Codes", "Semantics", TrainedWorld.Quantizer));
        var pipeline = AutoGraph.MetapathGraph(world.Users, new SideTable(world.Data.Items, "ItemId", paid), TrainedWorld.Graph)
            .Append(AutoGraph.Recommender(new RecommenderOptions(), world.Context.Data.SkipRows(world.Split.Validation, 1_000_000)));
        Says("Expected held-out rows, found an empty table.", Assert.Throws<ArgumentException>(() => pipeline.Fit(world.Split.Train)));
        Assert.Empty(client.Asked);
    }

    [Fact]
    public void Fit_EmptyTable_SaysSo()
    {
        IDataView Empty(IDataView view) => world.Context.Data.SkipRows(view, 1_000_000);
        Says("found an empty table", Refused(Empty(world.Split.Train)));
        Says("found an empty user table", Refused(world.Split.Train, new SideTable(Empty(world.Data.Users), "UserId", world.Codes())));
        Says("found an empty table", Assert.Throws<ArgumentException>(() => AutoGraph.SemanticVector("V", "Knowledge").Fit(Empty(world.Data.Items))));
        Says("found an empty table", Assert.Throws<ArgumentException>(() => AutoGraph.Evaluate(world.Model, Empty(world.Split.Test))));
        Says("found an empty table", Assert.Throws<ArgumentException>(() => AutoGraph.Data.LeaveOneOut(Empty(world.Data.Interactions))));
    }

    [Fact]
    public void Fit_DuplicateId_NamesTheIdAndItsRows()
    {
        var rows = world.Context.Data.LoadFromEnumerable([new Book { ItemId = "a" }, new Book { ItemId = "b" }, new Book { ItemId = "a" }]);
        var error = Refused(world.Split.Train, items: new SideTable(rows, "ItemId", world.Codes()));
        Says("item table: Expected distinct ids, found 'a' in rows 0 and 2", error);
    }

    [Fact]
    public void Fit_UnknownUserOrItem_NamesExamples()
    {
        string item = Tables.Texts(world.Data.Items, "ItemId")[0];
        Says("unknown users, such as 'ghost'", Refused(Tables.Interactions(world.Context, ("ghost", item, 1))));
        string user = Tables.Texts(world.Data.Users, "UserId")[0];
        Says("unknown items, such as 'phantom'", Refused(Tables.Interactions(world.Context, (user, "phantom", 1))));
        Says("'phantom'", Assert.Throws<ArgumentException>(() => AutoGraph.Evaluate(world.Model, Tables.Interactions(world.Context, (user, "phantom", 1)))));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Fit_NonFiniteVector_NamesRowAndSlot(float bad)
    {
        var rows = world.Context.Data.LoadFromEnumerable([new Vectors { Vector = [1, 2, 3] }, new Vectors { Vector = [1, bad, 3] }]);
        bool trained = false;
        var watched = TrainedWorld.Quantizer with { Progress = new Told(() => trained = true) };
        var error = Assert.Throws<ArgumentException>(() => AutoGraph.ResidualQuantizer("Codes", "Vector", watched).Fit(rows));
        Says(FormattableString.Invariant($"Expected finite values in column 'Vector', found {bad} in row 1, slot 1. Remove the row"), error);
        Assert.False(trained, "training had begun");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Fit_EncoderThatGivesNonFiniteVectors_NamesEncoderAndText(float bad)
    {
        using var encoder = new BrokenEncoder(bad);
        var rows = world.Context.Data.LoadFromEnumerable([new Book { ItemId = "a", Knowledge = "a good text" }]);
        var error = Assert.Throws<InvalidDataException>(() => AutoGraph.SemanticVector("V", "Knowledge", encoder).Fit(rows));
        Says("Expected finite vectors from the encoder fake:broken, found NaN or infinity for the text 'a good text'. Try the encoder", error);
    }

    [Fact]
    public void ModelLoad_TruncatedOrForeignFileWithoutSeal_IsRefusedByMLNetToo()
    {
        using var folder = new TempFolder();
        string file = folder.File("model.zip");
        world.Context.Model.Save(world.Model, world.Split.Train.Schema, file);
        var bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
        Assert.ThrowsAny<Exception>(() => world.Context.Model.Load(file, out _));
        Says("truncated", Assert.Throws<InvalidDataException>(() => AutoGraph.Load(file, out _)));
    }

    [Fact]
    public void Load_TruncatedForeignOrDamagedFile_SaysWhichAndWhatToDo()
    {
        using var folder = new TempFolder();
        string file = folder.File("model.zip");
        AutoGraph.Save(world.Model, world.Split.Train.Schema, file);
        var bytes = File.ReadAllBytes(file);
        Exception Loading(byte[] content)
        {
            File.WriteAllBytes(file, content);
            return Assert.Throws<InvalidDataException>(() => AutoGraph.Load(file, out _));
        }
        Says("the file is truncated", Loading(bytes[..(bytes.Length / 2)]));
        Says("found another kind of file", Loading("no model at all"u8.ToArray()));
        var damaged = (byte[])bytes.Clone();
        damaged[damaged.Length / 2] ^= 1;
        Says("the file is damaged", Loading(damaged));
        Says("found none", Assert.Throws<FileNotFoundException>(() => AutoGraph.Load(folder.File("absent.zip"), out _)));
    }

    [Fact]
    public void Transform_VectorsOfAnotherWidthThanFitted_SaysBoth()
    {
        var fitted = AutoGraph.ResidualQuantizer("Codes", "Vector", TrainedWorld.Quantizer).Fit(world.Context.Data.LoadFromEnumerable(
            Enumerable.Range(0, 20).Select(i => new Vectors { Vector = [i, 1, 2 - i] }).ToList()));
        var other = fitted.Transform(world.Context.Data.LoadFromEnumerable([new Vectors { Vector = [1, 2] }]));
        Says("Expected vectors of 3 values in column 'Vector', found 2", Assert.ThrowsAny<Exception>(() => TrainedWorld.Vectors(other, "CodesQuantized")).GetBaseException());
    }

    internal sealed class Book
    {
        public string ItemId { get; set; } = "";
        public string Knowledge { get; set; } = "some text about a book";
    }

    private sealed class UnnamedClient : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() { }
    }

    private sealed class Told(Action told) : IProgress<global::AutoGraph.Torch.Training.TrainingProgress>
    {
        public void Report(global::AutoGraph.Torch.Training.TrainingProgress value) => told();
    }

    private sealed class BrokenEncoder(float value) : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(_ => new Embedding<float>(new[] { 1, value }))));

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("fake", null, "broken", 2) : null;

        public void Dispose() { }
    }

    internal sealed class Vectors { public float[] Vector { get; set; } = []; }
}
