using System.Numerics.Tensors;
using AutoGraph;
using AutoGraph.Datasets;
using Microsoft.ML;

namespace OwnRecommender;

/// <summary>The same recommender with vectors of co-occurrence, with graph vectors and with both.</summary>
internal static class Lesson
{
    private const int Count = 10;

    /// <summary>Prints how often each finds the held-out book among ten, and returns it.</summary>
    public static (double CoOccurrence, double Graph, double Both) Run(SampleWorldOptions options)
    {
        var mlContext = new MLContext(seed: 1);
        var autoGraph = mlContext.AutoGraph();
        var data = autoGraph.Data.CreateSampleWorld(options);
        var split = autoGraph.Data.LeaveOneOut(data.Interactions);
        Row[] train = [.. mlContext.Data.CreateEnumerable<Row>(split.Train, reuseRowObject: false, ignoreMissingColumns: true)];
        HeldOut[] test = [.. mlContext.Data.CreateEnumerable<HeldOut>(split.Test, reuseRowObject: false)];

        // As it was: an item's vector says who took it.
        string[] users = [.. train.Select(row => row.UserId).Distinct()];
        var columnOf = users.Index().ToDictionary(user => user.Item, user => user.Index);
        var coOccurrence = train.GroupBy(row => row.ItemId).ToDictionary(item => item.Key, item =>
        {
            var vector = new float[users.Length];
            foreach (var row in item) vector[columnOf[row.UserId]] = 1;
            return vector;
        });

        // With a graph: where books have some thirty readers each, as here, co-occurrence is hard to beat; graph vectors are short and know
        // books without readers too. Step 3 alone, trained on the same interactions and on what is known of each book and reader.
        var codes = autoGraph.SemanticVector("Semantics", "Knowledge").Append(autoGraph.ResidualQuantizer("Codes", "Semantics", new() { Quantizer = Quantizer.ResidualKMeans }));
        var graph = autoGraph.MetapathGraph(new SideTable(data.Users, "UserId", codes), new SideTable(data.Items, "ItemId", codes), new() { Epochs = 15, BatchSize = 256, LearningRate = 5e-3 }).Fit(split.Train);
        var graphVectors = graph.ItemIds.ToDictionary(id => id, id => graph.ItemVector(id).ToArray());

        // And both, side by side in one vector.
        var both = graphVectors.ToDictionary(item => item.Key, item => (float[])[.. Unit(coOccurrence.GetValueOrDefault(item.Key) ?? new float[users.Length]), .. Unit(item.Value)]);

        var after = new SimilarItems(graphVectors);
        double Hits(SimilarItems recommender) => test.Average(row => recommender.Recommend(row.History, Count).Contains(row.ItemId) ? 1.0 : 0);
        var result = (Hits(new SimilarItems(coOccurrence)), Hits(after), Hits(new SimilarItems(both)));
        Console.WriteLine($"{data.Name}: {test.Length:N0} held-out books, {coOccurrence.Count:N0} books have training readers, {graphVectors.Count:N0} a graph vector");
        Console.WriteLine($"among the first {Count}, co-occurrence vectors   {result.Item1:P1}");
        Console.WriteLine($"among the first {Count}, graph vectors           {result.Item2:P1}");
        Console.WriteLine($"among the first {Count}, both                    {result.Item3:P1}");
        Console.WriteLine($"for {test[0].UserId}: {string.Join(' ', after.Recommend(test[0].History, Count))}");
        Console.WriteLine();

        // Why are two books near? The graph can tell.
        string[] near = [test[0].History[^1], after.Recommend([test[0].History[^1]], 1).First()];
        Console.WriteLine(autoGraph.InspectGraph(graph).WhyNear(near[0], near[1]));
        return result;
    }

    private static float[] Unit(float[] vector)
    {
        float length = TensorPrimitives.Norm<float>(vector);
        return length > 0 ? [.. vector.Select(value => value / length)] : vector;
    }

    private class Row
    {
        public string UserId { get; set; } = "";

        public string ItemId { get; set; } = "";
    }

    private sealed class HeldOut : Row
    {
        public string[] History { get; set; } = [];
    }
}
