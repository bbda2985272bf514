// An application that forgot the native TorchSharp prints what AutoGraph says.
using AutoGraph;
using Microsoft.ML;

try
{
    var mlContext = new MLContext(seed: 1);
    var autoGraph = mlContext.AutoGraph();
    var data = autoGraph.Data.CreateSampleWorld(new() { Readers = 120, Books = 80 });
    var codes = autoGraph.SemanticVector("Semantics", "Knowledge").Append(autoGraph.ResidualQuantizer("Codes", "Semantics"));
    codes.Fit(data.Items);
    Console.WriteLine("no error");
}
catch (InvalidOperationException error)
{
    Console.WriteLine(error.Message);
}
