using System.Globalization;
using AutoGraph.Core.Codes;
using AutoGraph.Core.Graphs;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace AutoGraph;

/// <summary>Step 3: builds the user–item–factor graph of training interactions and its attention weights (paper §3.2.3, §3.3.1).</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Column</term><description>Type</description></listheader>
/// <item><term>Input: user and item id</term><description>Text, key or whole number, as named by <see cref="InteractionColumns"/>.</description></item>
/// <item><term>Output: UserGraphVector, ItemGraphVector</term><description>Vector of <see cref="float"/>, looked up by the row's ids; an unknown id gets the mean vector of its side.</description></item>
/// <item><term>Output: GraphScore</term><description><see cref="float"/>, the dot product of both, with <see cref="GraphTraining.Standalone"/>: how well the item suits the user by the graph alone.</description></item>
/// </list>
/// <c>Fit</c> takes the interactions; the side tables and their pipelines are fitted inside and saved with the model. The graph
/// travels as an annotation of the output columns, where <see cref="GraphEnhancedRecommender"/> finds it.
/// </remarks>
public sealed class MetapathGraphEstimator : IEstimator<MetapathGraphTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly SideTable _users;
    private readonly SideTable _items;
    private readonly MetapathGraphOptions _options;
    private readonly InteractionColumns _columns;

    internal MetapathGraphEstimator(IHostEnvironment environment, SideTable users, SideTable items, MetapathGraphOptions options, InteractionColumns columns)
    {
        options.Validate();     // before the side pipelines, which may ask a language model and train
        (_environment, _users, _items, _options, _columns) = (environment, users, items, options, columns);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column of the interactions or of a side table is missing or of a wrong type; semantic vectors among them, where the options say <see cref="MetapathGraphOptions.ContentNodes"/>.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        InteractionReader.Check(inputSchema, _columns);
        FittedSide.Check(_users, "user", needsCodes: true);
        FittedSide.Check(_items, "item", needsCodes: true);
        if (_options.ContentNodes) SideContent.Check(_users, _items);
        return SchemaTools.Add(inputSchema, GraphVectorColumns.OutputsOf(_options, null));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// A table is empty, an id is missing or repeated in a side table, interactions name users or items that their table lacks, or codes are missing.
    /// </exception>
    public MetapathGraphTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        GetOutputSchema(SchemaTools.Shape(input.Schema));
        // All checks come before the pipelines, which may ask a language model and train.
        var (users, items) = (FittedSide.Read(_users, "user"), FittedSide.Read(_items, "item"));
        var train = InteractionReader.Read(input, _columns, users.Ids, items.Ids).Table;
        NativeRuntime.Require();
        (users, var userCodes) = users.WithCodes(_users, "user");
        RequireLevels(userCodes, "user");       // before the items' pipeline is paid for
        (items, var itemCodes) = items.WithCodes(_items, "item");
        RequireLevels(itemCodes, "item");
        var graph = new FactorGraph(train, userCodes, itemCodes, _options.FactorLevels);
        _environment.Log("MetapathGraph",
            [
                users.Describe("user"), items.Describe("item"),
                string.Create(CultureInfo.InvariantCulture,
                    $"{graph.UserCount} users, {graph.ItemCount} items, {graph.UserToItems.EdgeCount} interactions, {Used(graph.FactorToUsers)} user factors and {Used(graph.FactorToItems)} item factors in use on {graph.Levels} levels; training: {_options.Training}."),
            ],
            [.. new[] { users.Unread(_users, "user"), items.Unread(_items, "item") }.OfType<string>()]);
        var content = _options.ContentNodes ? SideContent.Of(users, items, _users, _items, graph.Levels) : null;
        var model = MetapathGraphModel.Fit(graph, _options with { Progress = new LoggedProgress(_environment, "MetapathGraph", _options.Progress) }, _environment.SeedFor(_options.Seed), _environment.Device(), content);
        return new MetapathGraphTransformer(new GraphState(users, items, model), _columns);
    }

    private void RequireLevels(CodeTable codes, string side)
    {
        if (codes.Levels < _options.FactorLevels)
            throw new ArgumentException($"Expected at least {_options.FactorLevels} levels in the codes of the {side} table, found {codes.Levels}. Lower {nameof(MetapathGraphOptions)}.{nameof(_options.FactorLevels)}, or quantize with more {nameof(ResidualQuantizerOptions.Levels)}.");
    }

    private static int Used(Adjacency factors) => Enumerable.Range(0, factors.RowCount).Count(factor => factors.Degree(factor) > 0);
}
