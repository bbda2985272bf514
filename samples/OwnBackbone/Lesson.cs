using AutoGraph;
using AutoGraph.Datasets;
using Microsoft.ML;

namespace OwnBackboneSample;

/// <summary>A backbone and an enhancement of one's own, trained, saved and loaded as those of the library.</summary>
internal static class Lesson
{
    public static void Run(SampleWorldOptions world, int epochs = 20)
    {
        var ml = new MLContext(seed: 1);
        var autoGraph = ml.AutoGraph();
        var books = autoGraph.Data.CreateSampleWorld(world);
        var split = autoGraph.Data.LeaveOneOut(books.Interactions);
        var (readers, shelf) = (new SideTable(books.Users, "UserId"), new SideTable(books.Items, "ItemId"));

        OwnBackbones.Register("convolution", shape => new ConvolutionBackbone(shape));      // before loading a model, too
        var options = new RecommenderOptions
        {
            OwnBackbone = "convolution",
            OwnEnhancements = [input => new PopularityEnhancement(input)],
            LearningRate = 3e-3, Epochs = epochs,
        };
        var model = autoGraph.Recommender(readers, shelf, options, split.Validation).Fit(split.Train);
        Console.WriteLine($"{books.Name}\nown parts: {autoGraph.Evaluate(model, split.Test).SeenMasked}");

        var plain = autoGraph.Recommender(readers, shelf, options with { OwnBackbone = null, OwnEnhancements = [] }, split.Validation).Fit(split.Train);
        Console.WriteLine($"YouTubeDNN: {autoGraph.Evaluate(plain, split.Test).SeenMasked}");

        string file = Path.Combine(Path.GetTempPath(), $"own-backbone-{Guid.NewGuid():N}.zip");
        ml.Model.Save(model, split.Train.Schema, file);
        var loaded = new MLContext().Model.Load(file, out _);
        File.Delete(file);
        Console.WriteLine($"loaded:    {autoGraph.Evaluate(loaded, split.Test).SeenMasked}");
    }
}
