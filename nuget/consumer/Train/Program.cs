// The whole pipeline: trains on the simulated sample world, saves, and prints the scores of some rows.
using AutoGraph;
using Microsoft.ML;
using Microsoft.ML.Data;

var mlContext = new MLContext(seed: 1);
var autoGraph = mlContext.AutoGraph();
var data = autoGraph.Data.CreateSampleWorld(new() { Seed = 1 });
var split = autoGraph.Data.LeaveOneOut(data.Interactions);
var codes = autoGraph.SemanticVector("Semantics", "Knowledge")
    .Append(autoGraph.ResidualQuantizer("Codes", "Semantics", new() { WarmUpEpochs = 2, Epochs = 5 }));
var model = autoGraph.MetapathGraph(new SideTable(data.Users, "UserId", codes), new SideTable(data.Items, "ItemId", codes), new() { Training = GraphTraining.Joint })
    .Append(autoGraph.Recommender(new() { Epochs = 2 }, split.Validation))
    .Fit(split.Train);
mlContext.Model.Save(model, split.Train.Schema, args[0]);

var rows = mlContext.Data.TakeRows(split.Train, 5);
File.WriteAllLines(args[1], rows.GetColumn<string>("UserId").Zip(rows.GetColumn<string>("ItemId"), (user, item) => $"{user}\t{item}"));
Console.WriteLine(string.Join(' ', model.Transform(rows).GetColumn<float>("Score").Select(score => score.ToString("R"))));
