// A recommender of one's own, "more like what you read last", that takes its item vectors from the graph.
using System.Numerics.Tensors;
using AutoGraph;
using Microsoft.ML;
using Microsoft.ML.Data;

var mlContext = new MLContext(seed: 1);
var autoGraph = mlContext.AutoGraph();
var data = autoGraph.Data.CreateSampleWorld(new() { Readers = 120, Books = 80 });
var split = autoGraph.Data.LeaveOneOut(data.Interactions);
var codes = autoGraph.SemanticVector("Semantics", "Knowledge").Append(autoGraph.ResidualQuantizer("Codes", "Semantics", new() { Quantizer = Quantizer.ResidualKMeans, CodebookSize = 16 }));
var graph = autoGraph.MetapathGraph(new SideTable(data.Users, "UserId", codes), new SideTable(data.Items, "ItemId", codes), new() { Epochs = 1 }).Fit(split.Train);

string read = split.Train.GetColumn<string>("ItemId").First();
var nearest = graph.ItemIds.Where(item => item != read)
    .OrderByDescending(item => TensorPrimitives.CosineSimilarity(graph.ItemVector(item), graph.ItemVector(read)))
    .Take(5).ToList();
Console.WriteLine($"like {read}: {string.Join(' ', nearest)}");
