using AutoGraph;
using AutoGraph.Datasets;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;

namespace ExistingPipeline;

/// <summary>Graph vectors from step 3 alone as features of a trainer of ML.NET.</summary>
internal static class ClickModel
{
    /// <summary>Prints the AUC of both models on the latest clicks, and returns them.</summary>
    public static (double Without, double With) Run(SampleWorldOptions options)
    {
        var mlContext = new MLContext(seed: 1);
        var autoGraph = mlContext.AutoGraph();
        var data = autoGraph.Data.CreateSampleWorld(options);
        var (past, train, test) = Clicks.Split(mlContext, data);

        // The pipeline as it was: attributes of reader and book joined by id, and how often the book was taken before.
        string[] categories = ["AgeGroup", "Country", "Occupation", "Author", "Genre"];
        string[] numbers = ["Year", "Price", "Readers"];
        IEstimator<ITransformer> Join(string column, IDataView table, string id) =>
            mlContext.Transforms.Conversion.MapValue(column, table, table.Schema[id], table.Schema[column], id);
        var attributes = Join("AgeGroup", data.Users, "UserId").Append(Join("Country", data.Users, "UserId")).Append(Join("Occupation", data.Users, "UserId"))
            .Append(Join("Author", data.Items, "ItemId")).Append(Join("Genre", data.Items, "ItemId")).Append(Join("Year", data.Items, "ItemId")).Append(Join("Price", data.Items, "ItemId"))
            .Append(mlContext.Transforms.Conversion.ConvertType("Year"))
            .Append(mlContext.Transforms.Categorical.OneHotEncoding([.. categories.Select(name => new InputOutputColumnPair(name))]));
        var trees = new FastTreeBinaryTrainer.Options { NumberOfTrees = 100, NumberOfLeaves = 16, LearningRate = 0.05, NumberOfThreads = 1, Seed = 1 };
        IEstimator<ITransformer> Learn(params string[] more) =>
            mlContext.Transforms.Concatenate("Features", [.. categories, .. numbers, .. more]).Append(mlContext.BinaryClassification.Trainers.FastTree(trees));

        // What is new: a graph fitted on interactions that are earlier than every row of the trainer. Fitted on the trainer's own rows, its
        // vectors would know the labels.
        var codes = autoGraph.SemanticVector("Semantics", "Knowledge").Append(autoGraph.ResidualQuantizer("Codes", "Semantics", new() { Quantizer = Quantizer.ResidualKMeans }));
        var graph = autoGraph.MetapathGraph(new SideTable(data.Users, "UserId", codes), new SideTable(data.Items, "ItemId", codes), new() { Epochs = 15, BatchSize = 256, LearningRate = 5e-3 }).Fit(past);

        var without = attributes.Append(Learn()).Fit(train);
        // Trees cannot multiply: GraphScore, the product of both vectors, does it for them.
        var withGraph = attributes.Append(Learn("GraphScore", "ItemGraphVector")).Fit(graph.Transform(train));

        double before = mlContext.BinaryClassification.Evaluate(without.Transform(test)).AreaUnderRocCurve;
        double after = mlContext.BinaryClassification.Evaluate(withGraph.Transform(graph.Transform(test))).AreaUnderRocCurve;
        Console.WriteLine($"{data.Name}: {past.GetRowCount():N0} earlier interactions for the graph; {train.GetRowCount():N0} rows train the trees, {test.GetRowCount():N0} later ones test them, half of them no clicks");
        Console.WriteLine($"AUC of FastTree over attributes        {before:F4}");
        Console.WriteLine($"AUC with graph vectors beside them     {after:F4}");
        return (before, after);
    }
}
