using AutoGraph.Datasets;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>A small simulated world and pipelines over it that fit in a moment.</summary>
internal sealed class SmallWorld
{
    internal SmallWorld(int seed = 1)
    {
        Context = new MLContext(seed);
        AutoGraph = Context.AutoGraph();
        Data = AutoGraph.Data.CreateSampleWorld(new SampleWorldOptions { Readers = 40, Books = 50, Seed = 3 });
        Split = AutoGraph.Data.LeaveOneOut(Data.Interactions, minHistory: 2);
    }

    internal MLContext Context { get; }

    internal AutoGraphCatalog AutoGraph { get; }

    internal RecommendationData Data { get; }

    internal InteractionSplit Split { get; }

    internal static ResidualQuantizerOptions Quantizer { get; } = new() { Levels = 2, CodebookSize = 4, Dimension = 8, HiddenWidths = [16], Epochs = 3, WarmUpEpochs = 1 };

    internal static MetapathGraphOptions Graph { get; } = new() { Training = GraphTraining.Joint, Dimension = 8, Heads = 2, NeighborSample = 5 };

    internal static RecommenderOptions Options { get; } = new() { Dimension = 8, HiddenWidths = [16], MinHistory = 2, Negatives = 5, Epochs = 2, BatchSize = 64 };

    internal IEstimator<ITransformer> Codes() =>
        AutoGraph.SemanticVector("Semantics", "Knowledge").Append(AutoGraph.ResidualQuantizer("Codes", "Semantics", Quantizer));

    internal SideTable Users() => new(Data.Users, "UserId", Codes());

    internal SideTable Items() => new(Data.Items, "ItemId", Codes());

    internal TransformerChain<GraphEnhancedRecommenderTransformer> Fit() =>
        AutoGraph.MetapathGraph(Users(), Items(), Graph).Append(AutoGraph.Recommender(Options, Split.Validation)).Fit(Split.Train);

    internal static float[] Scores(ITransformer model, IDataView rows) => [.. model.Transform(rows).GetColumn<float>("Score")];

    internal static float[][] Vectors(IDataView view, string column) => [.. view.GetColumn<VBuffer<float>>(view.Schema[column]).Select(vector => vector.DenseValues().ToArray())];
}
