// Recommends from a folder that autoGraph.ExportOnnx(model, folder) wrote, with ONNX Runtime and nothing of AutoGraph.
//   dotnet run -c Release --project samples/OnnxScoring -- FOLDER [ITEM ...]
using OnnxScoring;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: OnnxScoring FOLDER [ITEM ...]");
    return 2;
}
using var recommender = new OnnxRecommender(args[0]);
foreach (var (item, score) in recommender.Recommend(args[1..], count: 10)) Console.WriteLine($"{item} {score:F4}");
return 0;
