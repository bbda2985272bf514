using AutoGraph.Torch.Tests.MlNet;
using Microsoft.Extensions.AI;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph.Torch.Tests.Serving;

/// <summary>A small world of which one item and one user have no training row, and a model of all steps on the rest.</summary>
public class ServedWorld
{
    public ServedWorld() : this(SmallWorld.Quantizer, SmallWorld.Graph) { }

    /// <param name="quantizer">What makes the codes.</param>
    /// <param name="graph">Options of the graph.</param>
    /// <param name="encoder">The encoder; null: the corpus encoder.</param>
    internal ServedWorld(ResidualQuantizerOptions quantizer, MetapathGraphOptions? graph = null, IEmbeddingGenerator<string, Embedding<float>>? encoder = null)
    {
        var world = new SmallWorld();
        var codes = world.AutoGraph.SemanticVector("Semantics", "Knowledge", encoder).Append(world.AutoGraph.ResidualQuantizer("Codes", "Semantics", quantizer));
        (AutoGraph, Context) = (world.AutoGraph, world.Context);
        (Items, Users) = (RowsOf(world.Data.Items, "ItemId"), RowsOf(world.Data.Users, "UserId"));
        (ColdItem, ColdUser) = (Items.Keys.Last(), Users.Keys.Last());
        var rows = world.Split.Train.GetColumn<string>("UserId").Zip(world.Split.Train.GetColumn<string>("ItemId")).Zip(world.Split.Train.GetColumn<long>("Timestamp"))
            .Where(row => row.First.First != ColdUser && row.First.Second != ColdItem).Select(row => (row.First.First, row.First.Second, row.Second)).ToArray();
        Train = rows;
        Model = world.AutoGraph.MetapathGraph(new SideTable(world.Data.Users, "UserId", codes), new SideTable(world.Data.Items, "ItemId", codes), graph ?? SmallWorld.Graph)
            .Append(world.AutoGraph.Recommender(SmallWorld.Options with { EarlyStopping = false })).Fit(Tables.Interactions(Context, rows));
    }

    public MLContext Context { get; }

    public AutoGraphCatalog AutoGraph { get; }

    public ITransformer Model { get; }

    /// <summary>Values by id and column.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, object>> Items { get; }

    /// <summary>Values by id and column.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, object>> Users { get; }

    public string ColdItem { get; }

    public string ColdUser { get; }

    public (string User, string Item, long Time)[] Train { get; }

    internal RecommendationEngine Engine(string? log = null) => AutoGraph.CreateEngine(Model, log);

    private static Dictionary<string, IReadOnlyDictionary<string, object>> RowsOf(IDataView view, string idColumn)
    {
        var rows = new List<Dictionary<string, object>>();
        foreach (var column in view.Schema.Where(column => !column.IsHidden))
        {
            object[] values = column.Type switch
            {
                TextDataViewType => [.. view.GetColumn<string>(column)],
                VectorDataViewType { ItemType: TextDataViewType } => [.. Tables.TextVectors(view, column.Name)],
                _ when column.Type == NumberDataViewType.Single => [.. view.GetColumn<float>(column).Cast<object>()],
                _ when column.Type == NumberDataViewType.Double => [.. view.GetColumn<double>(column).Cast<object>()],
                _ when column.Type == NumberDataViewType.Int32 => [.. view.GetColumn<int>(column).Cast<object>()],
                _ when column.Type == NumberDataViewType.Int64 => [.. view.GetColumn<long>(column).Cast<object>()],
                _ => throw new NotSupportedException($"{column.Name}: {column.Type}"),
            };
            while (rows.Count < values.Length) rows.Add([]);
            for (int row = 0; row < values.Length; row++) rows[row].Add(column.Name, values[row]);
        }
        return rows.ToDictionary(row => (string)row[idColumn], IReadOnlyDictionary<string, object> (row) => row);
    }
}
