using System.Globalization;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace AutoGraph;

/// <summary>Step 4: trains a two-tower recommender, with the graph of step 3 in its towers or without (paper §3.3.2).</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Column</term><description>Type</description></listheader>
/// <item><term>Input: user and item id, time</term><description>As named by <see cref="InteractionColumns"/>; every row is a positive.</description></item>
/// <item><term>Output: Score</term><description><see cref="float"/>: how well the row's item suits the row's user; finite for unknown ids too.</description></item>
/// <item><term>Output: UserGraphVector, ItemGraphVector</term><description>After <see cref="MetapathGraphEstimator"/>: the vectors as trained here, hiding the earlier ones.</description></item>
/// </list>
/// The history of a row is the user's training interactions, unless the row brings a history column. An unknown user is scored
/// from the row's history, or as a typical user without one; an unknown item scores as the mean of all items.
/// </remarks>
public sealed class GraphEnhancedRecommender : IEstimator<GraphEnhancedRecommenderTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly (SideTable Users, SideTable Items)? _sides;
    private readonly RecommenderOptions _options;
    private readonly IDataView? _validation;
    private readonly InteractionColumns _columns;

    internal GraphEnhancedRecommender(IHostEnvironment environment, (SideTable Users, SideTable Items)? sides, RecommenderOptions options, IDataView? validation, InteractionColumns columns)
    {
        options.Validate();     // here, not in Fit: in a pipeline the steps before may have asked a language model and trained by then
        (_environment, _sides, _options, _validation, _columns) = (environment, sides, options, validation, columns);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type, or there are no validation rows in the table given for them.</exception>
    /// <exception cref="InvalidOperationException">The graph of step 3 is not in the input.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        InteractionReader.Check(inputSchema, _columns);
        HistoryReader.Check(inputSchema, _columns);         // the model reads it wherever it is used
        if (_validation is not null)
        {
            InteractionReader.Check(SchemaTools.Shape(_validation.Schema), _columns with { Timestamp = null });
            HistoryReader.Check(SchemaTools.Shape(_validation.Schema), _columns);
            QueryReader.RequireRows(_validation);       // a chain calls this before the steps that cost something
        }
        if (_sides is { } sides)
        {
            FittedSide.Check(sides.Users, "user", needsCodes: false);
            FittedSide.Check(sides.Items, "item", needsCodes: false);
        }
        else if (!GraphState.IsIn(inputSchema)) throw NoGraph();
        if (_options.OwnBackbone is { } backbone) OwnBackbones.Require(backbone);
        return SchemaTools.Add(inputSchema, GraphEnhancedRecommenderTransformer.Columns(_sides is null ? 1 : null, null));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A table is empty, or interactions name users or items that their table lacks.</exception>
    /// <exception cref="InvalidOperationException">The graph of step 3 is not in the input.</exception>
    public GraphEnhancedRecommenderTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        GetOutputSchema(SchemaTools.Shape(input.Schema));
        var graph = _sides is null ? GraphState.Find(input.Schema) ?? throw NoGraph() : null;
        var users = graph?.Users ?? FittedSide.Read(_sides!.Value.Users, "user");
        var items = graph?.Items ?? FittedSide.Read(_sides!.Value.Items, "item");
        var train = InteractionReader.Read(input, _columns, users.Ids, items.Ids).Table;
        var histories = StoredHistories.Of(new UserHistories(train));
        var validation = _validation is null ? null : QueryReader.Read(_validation, _columns, users.Ids, items.Ids, histories);
        Require(items.Phrases, Enhancement.Ccgnn, nameof(SideTable.PhraseTextColumn));
        Require(items.Neighbors, Enhancement.TopoI2I, nameof(SideTable.NeighborsColumn));
        NativeRuntime.Require();
        if (graph is null) _environment.Log("Recommender", [users.Describe("user"), items.Describe("item")]);
        else _environment.Log("Recommender", [], Doubts(graph.Model));
        var model = TwoTowerRecommender.Train(
            new RecommenderData(train, users.Features, items.Features) { Graph = _options.NeedsGraph ? graph?.Model : null, ItemPhrases = items.Phrases, ItemNeighbors = items.Neighbors, Validation = validation },
            _options with { Progress = new LoggedProgress(_environment, "Recommender", _options.Progress) }, _environment.SeedFor(_options.Seed), _environment.Device());
        _environment.Log("Recommender", [Describe(model.Report, train)]);
        return new GraphEnhancedRecommenderTransformer(model, users with { Pipeline = null }, items with { Pipeline = null }, histories, _columns);
    }

    private void Require(Adjacency? itemGraph, Enhancement enhancement, string column)
    {
        if (itemGraph is null && _options.Enhancement.HasFlag(enhancement))
            throw new ArgumentException($"Expected a column of the item table for {nameof(Enhancement)}.{enhancement}, found none. Name it as {nameof(SideTable)}.{column}; a graph that was loaded from a file has kept none.");
    }

    private string Describe(TrainingReport report, InteractionTable train) => string.Create(CultureInfo.InvariantCulture,
        $"{_options.OwnBackbone ?? _options.Backbone.ToString()} with {_options.Enhancement}: {report.Samples} samples of {train.Users.Count} users and {train.Items.Count} items, {report.Epochs.Count} epochs, the weights of epoch {report.BestEpoch} kept.");

    private IEnumerable<string> Doubts(MetapathGraphModel graph)
    {
        if (graph.IsUntrained && _options.Enhancement.HasFlag(Enhancement.FrozenVectors))
            yield return $"{nameof(Enhancement.FrozenVectors)} reads a graph with its initial weights, which nothing trains. Fit it with {nameof(GraphTraining)}.{nameof(GraphTraining.Standalone)}, or choose {nameof(Enhancement)}.{nameof(Enhancement.AutoGraph)}.";
        if (_validation is null && _options.EarlyStopping && _options.ReadsGraphVectors && graph.Options.Training == GraphTraining.Standalone)
            yield return $"The graph was trained by itself ({nameof(GraphTraining)}.{nameof(GraphTraining.Standalone)}) on all rows. For want of validation rows the last one of each user validates here, so that the figures are too good, and the epoch kept may be a late one. " +
                $"Give validation rows, or choose {nameof(GraphTraining)}.{nameof(GraphTraining.Joint)}.";
    }

    private static InvalidOperationException NoGraph() => new(
        "Expected the graph of MetapathGraph in the input, found none. Append the recommender right after MetapathGraph: Cache, AppendCacheCheckpoint, SelectColumns and " +
        "CopyColumns keep the graph; Concatenate and SaveAsBinary lose it. For the backbone without a graph use Recommender(new SideTable(users, …), new SideTable(items, …)).");
}
