using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>Runs in a process of its own, started by <see cref="PersistenceTests"/>: plain ML.NET code that names no AutoGraph type.</summary>
public class LoadedElsewhere
{
    internal const string ModelVariable = "AUTOGRAPH_TEST_MODEL";

    [Fact(Explicit = true)]
    public void Score_SavedModel_WritesScoresBesideIt()
    {
        string path = Environment.GetEnvironmentVariable(ModelVariable) ?? throw new InvalidOperationException($"Set {ModelVariable} to a saved model.");
        var context = new MLContext();
        var model = context.Model.Load(path, out _);
        var rows = context.Data.LoadFromEnumerable(File.ReadLines(path + ".rows").Select(line => line.Split('\t')).Select(cells => new Row { UserId = cells[0], ItemId = cells[1] }).ToList());
        File.WriteAllLines(path + ".scores", model.Transform(rows).GetColumn<float>("Score").Select(score => score.ToString("R", CultureInfo.InvariantCulture)));
    }

    private sealed class Row
    {
        public string UserId { get; set; } = "";
        public string ItemId { get; set; } = "";
    }
}
