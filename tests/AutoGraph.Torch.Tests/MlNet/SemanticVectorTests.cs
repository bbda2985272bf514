using AutoGraph.Semantics.Knowledge;
using AutoGraph.Semantics.Prompting;
using AutoGraph.TestKit;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

public class SemanticVectorTests
{
    private static readonly PromptTemplate Prompt = new("film", 1, "Film: {Title}", "Introduce it.");
    private readonly MLContext _context = new(seed: 1);

    private AutoGraphCatalog AutoGraph => _context.AutoGraph();

    private IDataView Films(params string[] titles) => _context.Data.LoadFromEnumerable(titles.Select(title => new Film { ItemId = $"id {title}", Title = title }).ToList());

    private static float[][] Vectors(ITransformer model, IDataView rows) => TrainedWorld.Vectors(model.Transform(rows), "V");

    private ITransformer Reload(ITransformer model, IDataView rows)
    {
        using var folder = new TempFolder();
        _context.Model.Save(model, rows.Schema, folder.File("m.zip"));
        return new MLContext().Model.Load(folder.File("m.zip"), out _);
    }

    private static string Failure(ITransformer model, IDataView rows) => Assert.ThrowsAny<Exception>(() => Vectors(model, rows)).GetBaseException().Message;

    [Fact]
    public void Fit_CorpusEncoder_UnitVectorsThatSurviveLoadingAlsoForNewTexts()
    {
        var (films, unseen) = (Films("red sea voyage", "blue sea voyage", "red desert"), Films("blue desert"));
        var model = AutoGraph.SemanticVector("V", "Title").Fit(films);
        var loaded = Reload(model, films);

        Assert.All(Vectors(model, films), vector => Assert.Equal(1, vector.Sum(x => x * x), 1e-4f));
        Assert.Equal(Vectors(model, films), Vectors(loaded, films));
        Assert.Equal(Vectors(model, unseen), Vectors(loaded, unseen));
    }

    [Fact]
    public void Fit_LanguageModel_AsksOncePerPromptAndNeverWhileRowsArePulled()
    {
        using var store = new InMemoryKnowledgeStore();
        using var client = new EchoChatClient();
        using var encoder = new LetterEncoder(5);
        var films = Films("a", "b", "a");
        var model = AutoGraph.SemanticVector("V", Prompt, client, encoder, store, "ItemId").Fit(films);
        Assert.Equal(2, client.Asked.Count);

        var vectors = Vectors(model, films);
        Assert.Equal(vectors[0], vectors[2]);
        Assert.NotEqual(vectors[0], vectors[1]);
        _ = AutoGraph.SemanticVector("V", Prompt, client, encoder, store, "ItemId").Fit(films);
        Assert.Equal((2, 2), (client.Asked.Count, encoder.Texts));
    }

    [Fact]
    public void Fit_NumberThatIsMissing_IsLeftOutOfThePrompt()
    {
        using var store = new InMemoryKnowledgeStore();
        using var client = new EchoChatClient();
        var goods = _context.Data.LoadFromEnumerable(new Good[] { new() { Title = "kettle", Price = 12.5f, Weight = double.NaN }, new() { Title = "pot", Price = float.NaN, Weight = 2 } });
        _ = AutoGraph.SemanticVector("V", Prompts.ProductItem, client, null, store).Fit(goods);
        string[] asked = [.. client.Asked.Order(StringComparer.Ordinal).Select(prompt => prompt[..prompt.IndexOf("\n\n", StringComparison.Ordinal)])];
        Assert.Equal(["Product: kettle\nPrice: 12.5", "Product: pot\nWeight: 2"], asked);
    }

    [Fact]
    public void Fit_TruthValuesAndTimes_AreRead()
    {
        using var store = new InMemoryKnowledgeStore();
        using var client = new EchoChatClient();
        var shows = _context.Data.LoadFromEnumerable(new Show[]
        {
            new() { Title = "a", IsSeries = true, Released = new(2020, 5, 17), Added = new(2021, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)) }, new() { Title = "b" },
        });
        var prompt = new PromptTemplate("show", 1, "{Title}: {IsSeries}, {Released}\n{*}", "Introduce it.");
        var model = AutoGraph.SemanticVector("V", prompt, client, null, store).Fit(shows);
        Assert.Equal(["a: true, 05/17/2020 00:00:00\nAdded: 01/02/2021 03:04:05 +01:00\n\nIntroduce it.", "b: false, unknown\n\nIntroduce it."], client.Asked.Order(StringComparer.Ordinal));
        Assert.Equal(Vectors(model, shows), Vectors(Reload(model, shows), shows));
    }

    [Fact]
    public void GetOutputSchema_PromptThatNamesWhatCannotBeRead_SaysSoAsFitDoes()
    {
        using var store = new InMemoryKnowledgeStore();
        using var client = new EchoChatClient();
        var shows = _context.Data.LoadFromEnumerable(new Show[] { new() { Title = "a" } });
        foreach (var (named, expected) in (ReadOnlySpan<(string, string)>)[("Image", "Expected column 'Image', which prompt show/1 names, to hold text, a truth value"), ("Title2", "expected column Title2, found only Added, IsSeries, Released")])
        {
            var step = AutoGraph.SemanticVector("V", new PromptTemplate("show", 1, $"{{{named}}}"), client, null, store, idColumnName: "Title");
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => step.GetOutputSchema(SchemaTools.Shape(shows.Schema))).Message, StringComparison.Ordinal);
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => step.Fit(shows)).Message, StringComparison.Ordinal);
        }
        Assert.Empty(client.Asked);
    }

    [Fact]
    public void Estimate_PartOfTheRowsStored_CountsTheOthersAndAsksNothing()
    {
        using var store = new InMemoryKnowledgeStore();
        using var client = new EchoChatClient();
        _ = AutoGraph.SemanticVector("V", Prompt, client, null, store, "ItemId").Fit(Films("a", "b"));
        var estimate = AutoGraph.SemanticVector("V", Prompt, client, null, store, "ItemId").Estimate(Films("a", "b", "c", "c"));
        Assert.Equal((4, 2, 1, 2), (estimate.Rows, estimate.Cached, estimate.Prompts, client.Asked.Count));
        Assert.Contains("found none", Assert.Throws<InvalidOperationException>(() => AutoGraph.SemanticVector("V", "Title").Estimate(Films("a"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FitAsync_SomeRowsFail_ThrowsAndKeepsTheOtherAnswers()
    {
        using var store = new InMemoryKnowledgeStore();
        using var client = new EchoChatClient(failOn: "bad");
        var estimator = AutoGraph.SemanticVector("V", Prompt, client, null, store);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => estimator.FitAsync(Films("good", "bad", "fine"), TestContext.Current.CancellationToken));
        Assert.Contains("1 of 3 rows got no answer", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, store.Count);
    }

    [Fact]
    public void Load_KnownRows_NeedNoServices_NewRowsNameAttach()
    {
        using var encoder = new LetterEncoder(5);
        var films = Films("abc", "xyz");
        var model = AutoGraph.SemanticVector("V", "Title", encoder).Fit(films);
        var loaded = Reload(model, films);

        Assert.Equal(Vectors(model, films), Vectors(loaded, films));
        var unseen = Films("new");
        Assert.Equal(["new"], Tables.Texts(loaded.Transform(unseen), "Title"));     // the vector is not wanted
        Assert.Contains("autoGraph.Attach(model, encoder)", Failure(loaded, unseen), StringComparison.Ordinal);
        Assert.Equal(Vectors(model, unseen), Vectors(AutoGraph.Attach(loaded, encoder), unseen));
    }

    [Fact]
    public async Task Attach_LanguageModel_NewRowsAreAskedAboutByGenerateOnly()
    {
        using var store = new InMemoryKnowledgeStore();
        using var client = new EchoChatClient();
        using var encoder = new LetterEncoder(5);
        var (films, unseen) = (Films("abc", "xyz"), Films("new"));
        var loaded = Reload(AutoGraph.SemanticVector("V", Prompt, client, encoder, store).Fit(films), films);
        var attached = AutoGraph.Attach(loaded, encoder, client, store);

        Assert.Contains("GenerateAsync", Failure(attached, unseen), StringComparison.Ordinal);
        Assert.Equal(2, client.Asked.Count);
        await TransformerSearch.Flatten(attached).OfType<SemanticVectorTransformer>().Single().GenerateAsync(unseen, TestContext.Current.CancellationToken);
        Assert.Equal(3, client.Asked.Count);
        Assert.Equal(5, Vectors(attached, unseen)[0].Length);
    }

    [Fact]
    public async Task Attach_LanguageModelAskedWithOptions_NeedsTheSameOptions()
    {
        using var store = new InMemoryKnowledgeStore();
        using var client = new EchoChatClient();
        using var encoder = new LetterEncoder(5);
        var generation = new KnowledgeGeneratorOptions { Chat = new() { Temperature = 0, MaxOutputTokens = 400 } };
        var (films, unseen) = (Films("abc", "xyz"), Films("new"));
        var options = new SemanticVectorOptions { Prompt = Prompt, ChatClient = client, Encoder = encoder, Store = store, Generation = generation };
        var loaded = Reload(AutoGraph.SemanticVector("V", options).Fit(films), films);

        var error = Assert.Throws<ArgumentException>(() => AutoGraph.Attach(loaded, encoder, client, store));
        Assert.Contains("Expected answers of echo-1 with temperature=0", error.Message, StringComparison.Ordinal);
        Assert.Contains("found echo-1 with default options. Give the generation options of the fit", error.Message, StringComparison.Ordinal);
        Assert.Contains("found echo-1 with temperature=0.5", Assert.Throws<ArgumentException>(() => AutoGraph.Attach(loaded, encoder, client, store, new() { Chat = new() { Temperature = 0.5f } })).Message, StringComparison.Ordinal);
        Assert.Contains("found other-1 with", Assert.Throws<ArgumentException>(() => AutoGraph.Attach(loaded, encoder, client, store, generation with { Model = "other-1" })).Message, StringComparison.Ordinal);
        Assert.Contains("store, generation) and GenerateAsync", Failure(AutoGraph.Attach(loaded, encoder, store: store), unseen), StringComparison.Ordinal);
        Assert.Equal(2, client.Asked.Count);

        var attached = AutoGraph.Attach(loaded, encoder, client, store, generation);
        (await TransformerSearch.Flatten(attached).OfType<SemanticVectorTransformer>().Single().GenerateAsync(unseen, TestContext.Current.CancellationToken)).ThrowIfFailed();
        Assert.Equal(5, Vectors(attached, unseen)[0].Length);
        Assert.Equal(3, client.Asked.Count);
    }

    [Fact]
    public async Task Attach_StepsAskedDifferently_EachTakesItsOwn()
    {
        using var store = new InMemoryKnowledgeStore();
        using var client = new EchoChatClient();
        var (films, unseen) = (Films("abc", "xyz"), Films("new"));
        var options = new SemanticVectorOptions { Prompt = Prompt, ChatClient = client, Store = store };
        var (cold, warm) = (new KnowledgeGeneratorOptions { Chat = new() { Temperature = 0 } }, new KnowledgeGeneratorOptions { Chat = new() { Temperature = 1 } });
        var loaded = Reload(AutoGraph.SemanticVector("V", options with { Generation = cold }).Append(AutoGraph.SemanticVector("W", options with { Generation = warm })).Fit(films), films);

        var half = TransformerSearch.Flatten(AutoGraph.Attach(loaded, chatClient: client, store: store, generation: cold)).OfType<SemanticVectorTransformer>().ToArray();
        await half[0].GenerateAsync(unseen, TestContext.Current.CancellationToken);
        Assert.Contains("found none", (await Assert.ThrowsAsync<InvalidOperationException>(() => half[1].GenerateAsync(unseen, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        var both = AutoGraph.Attach(AutoGraph.Attach(loaded, chatClient: client, store: store, generation: cold), chatClient: client, generation: warm);
        foreach (var step in TransformerSearch.Flatten(both).OfType<SemanticVectorTransformer>()) (await step.GenerateAsync(unseen, TestContext.Current.CancellationToken)).ThrowIfFailed();
        Assert.Equal(6, client.Asked.Count);
    }

    [Fact]
    public void Attach_OnlyAChatClient_KeepsTheEncoder()
    {
        using var store = new InMemoryKnowledgeStore();
        using var client = new EchoChatClient();
        using var encoder = new LetterEncoder(5);
        var model = AutoGraph.SemanticVector("V", "Title", encoder).Fit(Films("abc", "xyz"));
        Assert.Equal(Vectors(model, Films("new")), Vectors(AutoGraph.Attach(model, chatClient: client, store: store), Films("new")));
    }

    [Fact]
    public void Attach_EncoderOfAnotherDimension_SaysBoth()
    {
        using var five = new LetterEncoder(5);
        using var six = new LetterEncoder(6);
        var model = AutoGraph.SemanticVector("V", "Title", five).Fit(Films("abc", "xyz"));
        var error = Assert.Throws<ArgumentException>(() => AutoGraph.Attach(model, six));
        Assert.Contains("Expected an encoder of 5 dimensions", error.Message, StringComparison.Ordinal);
        Assert.Contains("found one of 6", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attach_AnotherEncoderOfTheSameDimension_IsRefusedAlsoByALoadedModel()
    {
        using var fitted = new LetterEncoder(5);
        using var same = new LetterEncoder(5);
        using var other = new LetterEncoder(5, name: "numbers");
        using var unnamed = new LetterEncoder(5, named: false);
        var films = Films("abc", "xyz");
        var model = AutoGraph.SemanticVector("V", "Title", fitted).Fit(films);
        foreach (var attaching in (ITransformer[])[model, Reload(model, films)])
        {
            Assert.Equal(Vectors(model, Films("new")), Vectors(AutoGraph.Attach(attaching, same), Films("new")));
            Assert.Equal(Vectors(model, Films("new")), Vectors(AutoGraph.Attach(attaching, unnamed), Films("new")));
            Assert.Contains("Expected the encoder fake:letters-5, as fitted; found fake:numbers-5.", Assert.Throws<ArgumentException>(() => AutoGraph.Attach(attaching, other)).Message, StringComparison.Ordinal);
        }
        var unknown = Reload(AutoGraph.SemanticVector("V", "Title", unnamed).Fit(films), films);
        Assert.Equal(5, Vectors(AutoGraph.Attach(unknown, other), Films("new"))[0].Length);
    }

    [Fact]
    public void Attach_StepsOfDifferentEncoders_EachTakesItsOwn()
    {
        using var five = new LetterEncoder(5);
        using var six = new LetterEncoder(6);
        var films = Films("abc", "xyz");
        var model = AutoGraph.SemanticVector("V", "Title", five).Append(AutoGraph.SemanticVector("W", "Title", six)).Fit(films);
        var attached = AutoGraph.Attach(AutoGraph.Attach(Reload(model, films), six), five);
        Assert.Equal(Vectors(model, Films("new")), Vectors(attached, Films("new")));
        Assert.Equal(TrainedWorld.Vectors(model.Transform(Films("new")), "W"), TrainedWorld.Vectors(attached.Transform(Films("new")), "W"));
    }

    [Fact]
    public void Attach_EncoderOfUnnamedDimension_IsFoundOutByItsVectors()
    {
        using var five = new LetterEncoder(5, named: false);
        using var six = new LetterEncoder(6, named: false);
        using var store = new InMemoryKnowledgeStore();
        var model = AutoGraph.SemanticVector("V", new SemanticVectorOptions { TextColumn = "Title", Encoder = five, Store = store }).Fit(Films("abc", "xyz"));
        Assert.Contains("Expected vectors of 5 values from the encoder, as fitted; found 6", Failure(AutoGraph.Attach(model, six), Films("new")), StringComparison.Ordinal);
    }

    [Fact]
    public void Attach_StepWithCorpusEncoder_KeepsItsOwn()
    {
        using var encoder = new LetterEncoder(2);
        var films = Films("red sea voyage", "blue sea voyage", "red desert");
        var model = AutoGraph.SemanticVector("V", "Title").Fit(films);
        Assert.Equal(Vectors(model, Films("blue desert")), Vectors(AutoGraph.Attach(model, encoder), Films("blue desert")));
    }

    [Fact]
    public void Attach_NothingOrNowhere_SaysSo()
    {
        using var encoder = new LetterEncoder(2);
        var model = _context.Transforms.CopyColumns("T", "Title").Fit(Films("a"));
        Assert.Contains("found none", Assert.Throws<ArgumentException>(() => AutoGraph.Attach(model, encoder)).Message, StringComparison.Ordinal);
        Assert.Contains("found none of them", Assert.Throws<ArgumentException>(() => AutoGraph.Attach(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_RecordedAnswers_GoByIdAndFactsStandIn()
    {
        using var encoder = new LetterEncoder(7);
        var recorded = new Dictionary<string, string> { ["id a"] = "what was recorded" };
        var options = new SemanticVectorOptions { Recorded = recorded, IdColumn = "ItemId", Encoder = encoder };

        var error = Assert.Throws<ArgumentException>(() => AutoGraph.SemanticVector("V", options).Fit(Films("a", "b")));
        Assert.Contains("found none for id 'id b'", error.Message, StringComparison.Ordinal);
        var model = AutoGraph.SemanticVector("V", options with { Prompt = Prompt }).Fit(Films("a", "b"));
        var direct = AutoGraph.SemanticVector("V", "Title", encoder).Fit(Films("what was recorded", "Film: b"));
        Assert.Equal(Vectors(direct, Films("what was recorded", "Film: b")), Vectors(model, Films("a", "b")));
        Assert.Equal(Vectors(model, Films("a", "b")), Vectors(Reload(model, Films("a")), Films("a", "b")));
    }

    [Fact]
    public void SemanticVector_ContradictoryOptions_ListsAll()
    {
        using var client = new EchoChatClient();
        var error = Assert.Throws<ArgumentException>(() => AutoGraph.SemanticVector("V", new SemanticVectorOptions { ChatClient = client }));
        Assert.Contains("expected TextColumn, Prompt or Recorded", error.Message, StringComparison.Ordinal);
        Assert.Contains("ChatClient: expected a Prompt", error.Message, StringComparison.Ordinal);
        Assert.Contains("Store: expected one", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => AutoGraph.SemanticVector("V", new SemanticVectorOptions { TextColumn = "Title", Corpus = new() { Dimensions = 0 } }));
        Assert.Contains("Dimensions of 1 to 4096, found 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FitAsync_TokenOfTheOptionsCancelled_Stops()
    {
        var options = new SemanticVectorOptions { TextColumn = "Title", CancellationToken = new(canceled: true) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AutoGraph.SemanticVector("V", options).FitAsync(Films("abc", "xyz"), TestContext.Current.CancellationToken));
    }

    internal sealed class Good
    {
        public string Title { get; set; } = "";
        public float Price { get; set; }
        public double Weight { get; set; }
    }

    internal sealed class Show
    {
        public string Title { get; set; } = "";
        public bool IsSeries { get; set; }
        public DateTime Released { get; set; }
        public DateTimeOffset Added { get; set; }
        [VectorType(2)] public float[] Image { get; set; } = [0, 0];
    }

    internal sealed class Film
    {
        public string ItemId { get; set; } = "";
        public string Title { get; set; } = "";
    }
}
