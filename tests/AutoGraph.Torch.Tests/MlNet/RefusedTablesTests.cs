using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>What the issue lists: each a clear exception (expected, found, remedy) before training starts.</summary>
public class RefusedTablesTests
{
    private readonly SmallWorld _world = new();
    private bool _trained;

    private ResidualQuantizerOptions Watched => SmallWorld.Quantizer with { Progress = new Told<global::AutoGraph.Torch.Training.TrainingProgress>(_ => _trained = true) };

    private EstimatorChain<ResidualQuantizerTransformer> Codes() => _world.AutoGraph.SemanticVector("Semantics", "Knowledge").Append(_world.AutoGraph.ResidualQuantizer("Codes", "Semantics", Watched));

    private SideTable Users => new(_world.Data.Users, "UserId", Codes());

    private SideTable Items => new(_world.Data.Items, "ItemId", Codes());

    private string Fails(IEstimator<ITransformer> estimator, IDataView data)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => estimator.Fit(data));
        Assert.False(_trained, "training had begun");
        return error.Message;
    }

    private MetapathGraphEstimator Graph(SideTable? users = null, SideTable? items = null, InteractionColumns? columns = null) =>
        _world.AutoGraph.MetapathGraph(users ?? Users, items ?? Items, SmallWorld.Graph, columns);

    [Fact]
    public void Graph_MissingInteractionColumn_ListsWhatIsThere() =>
        Assert.Contains("'Reader' (the user id); found only UserId, ItemId, Timestamp", Fails(Graph(columns: new() { User = "Reader" }), _world.Split.Train), StringComparison.Ordinal);

    [Fact]
    public void Graph_MissingIdColumnInTheUserTable_ListsWhatIsThere() =>
        Assert.Contains("'Nr' (the user id of the user table); found only UserId", Fails(Graph(Users with { IdColumn = "Nr" }), _world.Split.Train), StringComparison.Ordinal);

    [Fact]
    public void Graph_SideTableWithoutCodes_SaysHowToMakeThem() =>
        Assert.Contains("'Codes' (the codes of the item table)", Fails(Graph(items: Items with { CodesPipeline = null }), _world.Split.Train), StringComparison.Ordinal);

    [Fact]
    public void Graph_CodesColumnOfAnotherType_SaysExpectedAndFound()
    {
        string message = Fails(Graph(items: Items with { CodesPipeline = null, CodesColumn = "Knowledge" }), _world.Split.Train);
        Assert.Contains("to hold a vector of keys; found", message, StringComparison.Ordinal);
        Assert.Contains("Make it with ResidualQuantizer", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Graph_KeysOfMoreValuesThanCodesCanHave_SaysTheMost()
    {
        var hashed = _world.Context.Transforms.Text.TokenizeIntoWords("Words", "Knowledge").Append(_world.Context.Transforms.Conversion.Hash("Codes", "Words", numberOfBits: 20));
        Assert.Contains("codes of at most 65536 values on each level in column 'Codes' of the user table, found keys of 1048576", Fails(Graph(users: Users with { CodesPipeline = hashed }), _world.Split.Train), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(id)")]
    [InlineData("(code 1)")]
    public void Graph_FeatureWithANameOfTheModelsOwn_IsRefused(string name)
    {
        var items = _world.Context.Transforms.CopyColumns(name, "Knowledge").Fit(_world.Data.Items).Transform(_world.Data.Items);
        Assert.Contains($"other names than '{name}' for features of the item table", Fails(Graph(items: new SideTable(items, "ItemId", Codes())), _world.Split.Train), StringComparison.Ordinal);
        Graph(items: new SideTable(items, "ItemId", Codes()) { Features = [] }).GetOutputSchema(SchemaTools.Shape(_world.Split.Train.Schema));
    }

    [Fact]
    public void Recommender_HistoryOfAnotherType_IsRefusedBeforeAnythingIsTrained()
    {
        IDataView With(IDataView view) => _world.Context.Transforms.CopyColumns("Past", "ItemId").Fit(view).Transform(view);
        var columns = new InteractionColumns { History = "Past" };
        var inTraining = Graph().Append(_world.AutoGraph.Recommender(SmallWorld.Options, columns: columns));
        Assert.Contains("'Past' (the history, oldest first) to hold a vector of ids", Fails(inTraining, With(_world.Split.Train)), StringComparison.Ordinal);
        var inValidation = Graph().Append(_world.AutoGraph.Recommender(SmallWorld.Options, With(_world.Split.Validation), columns));
        Assert.Contains("'Past' (the history, oldest first) to hold a vector of ids", Fails(inValidation, _world.Split.Train), StringComparison.Ordinal);
    }

    [Fact]
    public void Graph_MoreFactorLevelsThanTheCodesHave_IsRefusedBeforeTheItemsAreQuantized()
    {
        var items = Items with { CodesPipeline = _world.AutoGraph.SemanticVector("Semantics", "Knowledge").Append(_world.AutoGraph.ResidualQuantizer("Codes", "Semantics", Watched)) };
        var users = Users with { CodesPipeline = _world.Codes() };
        var graph = _world.AutoGraph.MetapathGraph(users, items, SmallWorld.Graph with { FactorLevels = 3 });
        Assert.Contains("Expected at least 3 levels in the codes of the user table, found 2. Lower MetapathGraphOptions.FactorLevels", Fails(graph, _world.Split.Train), StringComparison.Ordinal);
    }

    [Fact]
    public void Recommender_BackboneThatNobodyRegistered_IsRefusedBeforeTheStepsBefore()
    {
        var chain = Graph().Append(_world.AutoGraph.Recommender(SmallWorld.Options with { OwnBackbone = "wieghted" }));
        Assert.Contains("registered as 'wieghted'", Assert.Throws<InvalidOperationException>(() => chain.Fit(_world.Split.Train)).Message, StringComparison.Ordinal);
        Assert.False(_trained);
    }

    [Fact]
    public void Graph_DuplicateIds_NamesIdAndRows()
    {
        var doubled = _world.Context.Data.LoadFromEnumerable(new[] { "r001", "r002", "r001" }.Select(id => new Side { UserId = id, Knowledge = "likes tales" }).ToList());
        Assert.Contains("Column 'UserId' of the user table: Expected distinct ids, found 'r001' in rows 0 and 2", Fails(Graph(Users with { Data = doubled }), _world.Split.Train), StringComparison.Ordinal);
    }

    [Fact]
    public void Graph_EmptySideTable_Throws()
    {
        var empty = _world.Context.Data.LoadFromEnumerable(new List<Side>());
        Assert.Contains("found an empty user table", Fails(Graph(Users with { Data = empty }), _world.Split.Train), StringComparison.Ordinal);
    }

    [Fact]
    public void Graph_EmptyInteractions_Throws() =>
        Assert.Contains("Expected interactions, found an empty table", Fails(Graph(), Tables.Interactions(_world.Context)), StringComparison.Ordinal);

    [Fact]
    public void Graph_UnknownUsersAndItems_CountsThemWithExamples()
    {
        var strangers = Tables.Interactions(_world.Context, ("x2", "b001", 1), ("x1", "b001", 2), ("x1", "b002", 3), ("r001", "b003", 4));
        Assert.Contains("found 3 rows that name 2 unknown users, such as 'x1', 'x2'. Add them to the user table", Fails(Graph(), strangers), StringComparison.Ordinal);
        var oddities = Tables.Interactions(_world.Context, ("r001", "b001", 1), ("r002", "z", 2));
        Assert.Contains("found 1 rows that name 1 unknown items, such as 'z'", Fails(Graph(), oddities), StringComparison.Ordinal);
    }

    [Fact]
    public void Graph_InteractionWithoutId_NamesTheRow() =>
        Assert.Contains("found none in row 1", Fails(Graph(), Tables.Interactions(_world.Context, ("r001", "b001", 1), ("", "b002", 2))), StringComparison.Ordinal);

    [Fact]
    public void Graph_PipelineThatReordersRows_IsRefusedInsteadOfMixingCodes()
    {
        var shuffling = new Shuffling(Codes(), _world.Context);
        var error = Assert.Throws<ArgumentException>(() => Graph(items: Items with { CodesPipeline = shuffling }).Fit(_world.Split.Train));
        Assert.Contains("the codes pipeline drops or reorders rows", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recommender_MissingFeatureColumn_ListsWhatIsThere()
    {
        var estimator = _world.AutoGraph.Recommender(Users with { Features = ["Shoe"] }, Items, SmallWorld.Options);
        Assert.Contains("feature column 'Shoe' in the user table, found only UserId", Fails(estimator, _world.Split.Train), StringComparison.Ordinal);
    }

    [Fact]
    public void Recommender_NonFiniteFeature_NamesColumnAndRow()
    {
        var users = _world.Context.Data.LoadFromEnumerable(Tables.Texts(_world.Data.Users, "UserId").Select((id, row) => new Side { UserId = id, Weight = row == 3 ? float.NaN : row }).ToList());
        var estimator = _world.AutoGraph.Recommender(new SideTable(users, "UserId"), Items, SmallWorld.Options);
        Assert.Contains("Expected finite values in column 'Weight', found NaN in row 3", Fails(estimator, _world.Split.Train), StringComparison.Ordinal);
    }

    [Fact]
    public void Recommender_UnknownValidationItem_IsAnError()
    {
        var validation = Tables.Interactions(_world.Context, ("r001", "z", 1));
        var estimator = _world.AutoGraph.Recommender(Users, Items, SmallWorld.Options, validation);
        Assert.Contains("found 1 unknown ones, such as 'z'", Fails(estimator, _world.Split.Train), StringComparison.Ordinal);
    }

    [Fact]
    public void Quantizer_UnequalMissingOrNoVectors_NamesTheRow()
    {
        Assert.Contains("Expected vectors of 2 values in column 'Vector', found 3 in row 1", Fails(Quantizer, Vectors([1, 2], [1, 2, 3])), StringComparison.Ordinal);
        Assert.Contains("found none in row 1", Fails(Quantizer, Vectors([1, 2], [])), StringComparison.Ordinal);
        Assert.Contains("found an empty table", Fails(Quantizer, Vectors()), StringComparison.Ordinal);
    }

    [Fact]
    public void Quantizer_TextInsteadOfVector_SaysExpectedFoundAndRemedy()
    {
        string message = Fails(_world.AutoGraph.ResidualQuantizer("Codes", "Knowledge", Watched).Append(_world.Context.Transforms.CopyColumns("A", "Codes")), _world.Data.Items);
        Assert.Contains("to hold a vector of Single; found String. Convert it", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_EmptyOrUnknownRows_Throw()
    {
        var model = _world.AutoGraph.Recommender(_world.Users(), _world.Items(), SmallWorld.Options).Fit(_world.Split.Train);
        Assert.Throws<ArgumentException>(() => _world.AutoGraph.Evaluate(model, Tables.Interactions(_world.Context)));
        Assert.Throws<ArgumentException>(() => _world.AutoGraph.Evaluate(model, Tables.Interactions(_world.Context, ("r001", "z", 1))));
        var missing = Assert.Throws<ArgumentException>(() => _world.AutoGraph.Evaluate(model, _world.Data.Items));
        Assert.Contains("'UserId' (the user id)", missing.Message, StringComparison.Ordinal);
    }

    private ResidualQuantizerEstimator Quantizer => _world.AutoGraph.ResidualQuantizer("Codes", "Vector", Watched);

    private IDataView Vectors(params float[][] rows) => _world.Context.Data.LoadFromEnumerable(rows.Select(row => new Point { Vector = row }).ToList());

    private sealed class Point { public float[] Vector { get; set; } = []; }

    private sealed class Side
    {
        public string UserId { get; set; } = "";
        public string Knowledge { get; set; } = "";
        public float Weight { get; set; }
    }

    /// <summary>A pipeline whose transformer hands rows out in another order.</summary>
    private sealed class Shuffling(IEstimator<ITransformer> inner, MLContext context) : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input) => new Shuffled(inner.Fit(input), context);

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inner.GetOutputSchema(inputSchema);
    }

    private sealed class Shuffled(ITransformer inner, MLContext context) : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inner.GetOutputSchema(inputSchema);

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException("Rows change places.");

        public void Save(ModelSaveContext ctx) => throw new NotSupportedException("This transformer is not saved.");

        public IDataView Transform(IDataView input) => context.Data.ShuffleRows(inner.Transform(input), seed: 2);
    }

    private sealed class Told<T>(Action<T> told) : IProgress<T>
    {
        public void Report(T value) => told(value);
    }
}
