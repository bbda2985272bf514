using OnnxScoring;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: OnnxScoring FOLDER [ITEM ...]   a folder that autoGraph.ExportOnnx(model, folder) wrote, and a history, oldest first");
    return 2;
}
using var recommender = new OnnxRecommender(args[0]);
foreach (var (item, score) in recommender.Recommend(args[1..], count: 10)) Console.WriteLine($"{item} {score:F4}");
return 0;
