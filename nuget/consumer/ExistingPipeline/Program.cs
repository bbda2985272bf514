// An ML.NET program that was there before, FastTree over an attribute, extended by graph vectors: saved and loaded as one model by ML.NET alone.
using AutoGraph;
using Microsoft.ML;
using Microsoft.ML.Data;

var mlContext = new MLContext(seed: 1);
var autoGraph = mlContext.AutoGraph();
var data = autoGraph.Data.CreateSampleWorld(new() { Readers = 120, Books = 80 });
var taken = mlContext.Data.CreateEnumerable<Click>(data.Interactions, reuseRowObject: false, ignoreMissingColumns: true).ToList();
var pairs = taken.Select(row => (row.UserId, row.ItemId)).ToHashSet();
var past = mlContext.Data.LoadFromEnumerable(taken.Take(taken.Count / 2).Select((row, at) => new Interaction { UserId = row.UserId, ItemId = row.ItemId, Timestamp = at }).ToList());
var clicks = mlContext.Data.LoadFromEnumerable(taken.Skip(taken.Count / 2).SelectMany((row, at) =>
{
    string other = taken[at].ItemId;
    return (Click[])[new() { UserId = row.UserId, ItemId = row.ItemId, Label = true }, new() { UserId = row.UserId, ItemId = other, Label = pairs.Contains((row.UserId, other)) }];
}).ToList());

// As it was: the genre of the book.
var attributes = mlContext.Transforms.Conversion.MapValue("Genre", data.Items, data.Items.Schema["ItemId"], data.Items.Schema["Genre"], "ItemId")
    .Append(mlContext.Transforms.Categorical.OneHotEncoding("Genre"));

// What is new.
var codes = autoGraph.SemanticVector("Semantics", "Knowledge").Append(autoGraph.ResidualQuantizer("Codes", "Semantics", new() { Quantizer = Quantizer.ResidualKMeans, CodebookSize = 16 }));
var graph = autoGraph.MetapathGraph(new SideTable(data.Users, "UserId", codes), new SideTable(data.Items, "ItemId", codes), new() { Epochs = 1 }).Fit(past);
var trees = attributes.Append(mlContext.Transforms.Concatenate("Features", "Genre", "UserGraphVector", "ItemGraphVector"))
    .Append(mlContext.BinaryClassification.Trainers.FastTree(numberOfTrees: 10));
var model = graph.Append(trees.Fit(graph.Transform(clicks)));

mlContext.Model.Save(model, clicks.Schema, args[0]);
var loaded = new MLContext().Model.Load(args[0], out _);
float[] Scores(ITransformer fitted) => [.. fitted.Transform(clicks).GetColumn<float>("Score")];
if (!Scores(model).SequenceEqual(Scores(loaded))) throw new InvalidOperationException("The loaded model scores differently.");
Console.WriteLine($"AUC {mlContext.BinaryClassification.Evaluate(loaded.Transform(clicks)).AreaUnderRocCurve:F3} over {Scores(loaded).Distinct().Count()} different scores, before and after loading");

internal sealed class Click
{
    public string UserId { get; set; } = "";

    public string ItemId { get; set; } = "";

    public bool Label { get; set; }
}

internal sealed class Interaction
{
    public string UserId { get; set; } = "";

    public string ItemId { get; set; } = "";

    public long Timestamp { get; set; }
}
