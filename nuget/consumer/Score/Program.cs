// A second program: loads the model by ML.NET alone and scores rows of its own; it names no AutoGraph type.
using Microsoft.ML;
using Microsoft.ML.Data;

var mlContext = new MLContext();
var model = mlContext.Model.Load(args[0], out _);
var rows = mlContext.Data.LoadFromTextFile<Row>(args[1]);
Console.WriteLine(string.Join(' ', model.Transform(rows).GetColumn<float>("Score").Select(score => score.ToString("R"))));

internal sealed class Row
{
    [LoadColumn(0)]
    public string UserId { get; set; } = "";

    [LoadColumn(1)]
    public string ItemId { get; set; } = "";
}
