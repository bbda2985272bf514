using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph.Torch.Tests.Export;

/// <summary>A small world whose users have features of every kind; one user and one item have no training row, and the user a category that nobody else has.</summary>
public sealed class ExportWorld
{
    public ExportWorld()
    {
        var world = new SmallWorld();
        (Context, AutoGraph) = (world.Context, world.AutoGraph);
        (Items, ItemIds) = (world.Items(), [.. world.Data.Items.GetColumn<string>("ItemId")]);
        UserIds = [.. world.Data.Users.GetColumn<string>("UserId")];
        Rows = [.. UserIds.Select((id, row) => new User
        {
            UserId = id, Age = 20 + row * 7 % 50, Semantics = [.. Enumerable.Range(0, 6).Select(d => MathF.Sin(row * (d + 1) + d) * 4 + d)],
            City = row == UserIds.Length - 1 ? "Nowhere" : row % 5 == 0 ? "" : $"City {row % 3}", Tastes = [.. Enumerable.Range(0, row % 4).Select(place => row == UserIds.Length - 1 ? "silence" : $"taste {(row + place) % 6}")],
        })];
        Train = Tables.Interactions(Context, [.. world.Split.Train.GetColumn<string>("UserId").Zip(world.Split.Train.GetColumn<string>("ItemId"), world.Split.Train.GetColumn<long>("Timestamp"))
            .Where(row => row.First != UserIds[^1] && row.Second != ItemIds[^1])]);
        Users = new(Context.Data.LoadFromEnumerable(Rows), "UserId", AutoGraph.ResidualQuantizer("Codes", "Semantics", SmallWorld.Quantizer));
    }

    internal MLContext Context { get; }

    internal AutoGraphCatalog AutoGraph { get; }

    internal User[] Rows { get; }

    internal string[] UserIds { get; }

    internal string[] ItemIds { get; }

    internal SideTable Users { get; }

    internal SideTable Items { get; }

    internal IDataView Train { get; }

    /// <summary>Large steps, so that every weight matters; a window shorter than some histories.</summary>
    internal static RecommenderOptions Options { get; } = SmallWorld.Options with { HistoryLength = 6, HistoryLayers = 2, HistoryHeads = 2, LearningRate = 3e-2, WeightAverage = 0, EarlyStopping = false, Epochs = 8 };

    internal ITransformer Fit(RecommenderOptions options, MetapathGraphOptions? graph = null) => options.Enhancement == Enhancement.None
        ? AutoGraph.Recommender(Users with { CodesPipeline = null }, Items with { CodesPipeline = null }, options).Fit(Train)
        : AutoGraph.MetapathGraph(Users, Items, graph ?? SmallWorld.Graph).Append(AutoGraph.Recommender(options)).Fit(Train);

    /// <summary>Histories with unknown items in them, none, one, as many as the window has and more, of known users, of the one without rows and of nobody.</summary>
    internal (string? User, string[] History)[] Queries =>
    [
        (null, []), (UserIds[0], []), (null, [ItemIds[3]]), (UserIds[1], [ItemIds[4], ItemIds[^1]]), (null, ["unknown", ItemIds[2], "other", ItemIds[9], "unknown"]),
        (null, ItemIds[..6]), (UserIds[2], [.. ItemIds[..6].Reverse()]), (null, ItemIds[10..25]), (UserIds[^1], [.. ItemIds[5..14], .. Enumerable.Repeat("unknown", 9)]),
        ("nobody", [ItemIds[7], ItemIds[7], ItemIds[1], ItemIds[7]]), (null, ["unknown", "unknown"]),
    ];

    internal sealed class User
    {
        public string UserId { get; set; } = "";
        public string City { get; set; } = "";
        public float Age { get; set; }
        public string[] Tastes { get; set; } = [];

        [VectorType(6)]
        public float[] Semantics { get; set; } = [];
    }
}

/// <summary>The files of one export.</summary>
internal sealed class Exported : IDisposable
{
    private readonly TempFolder _folder = new();

    internal Exported(ExportWorld world, ITransformer model) : this(folder => world.AutoGraph.ExportOnnx(model, folder)) { }

    internal Exported(Action<string> export)
    {
        Folder = _folder.File("export");
        export(Folder);
    }

    internal string Folder { get; }

    internal string File(string name) => Path.Combine(Folder, name);

    public void Dispose() => _folder.Dispose();
}
