using AutoGraph.Datasets;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>A small sample world and one model of all four steps on it, trained once for all tests of a class.</summary>
public sealed class TrainedWorld
{
    public TrainedWorld()
    {
        (Context, Data) = (new MLContext(seed: 7), null!);
        AutoGraph = Context.AutoGraph();
        Data = AutoGraph.Data.CreateSampleWorld(new SampleWorldOptions { Seed = 3, Readers = 60, Books = 60 });
        Split = AutoGraph.Data.LeaveOneOut(Data.Interactions);
        Model = Pipeline().Fit(Split.Train);
    }

    public MLContext Context { get; }

    public AutoGraphCatalog AutoGraph { get; }

    public RecommendationData Data { get; }

    public InteractionSplit Split { get; }

    public ITransformer Model { get; }

    internal static ResidualQuantizerOptions Quantizer => new() { Levels = 2, CodebookSize = 8, Dimension = 8, HiddenWidths = [16], Epochs = 4, WarmUpEpochs = 1 };

    internal static MetapathGraphOptions Graph => new() { Training = GraphTraining.Joint, Dimension = 8, FactorLevels = 2 };

    internal static RecommenderOptions Recommender => new() { Dimension = 8, HiddenWidths = [16], Epochs = 2, Negatives = 10 };

    internal SideTable Users => new(Data.Users, "UserId", Codes());

    internal SideTable Items => new(Data.Items, "ItemId", Codes());

    internal IEstimator<ITransformer> Codes() =>
        AutoGraph.SemanticVector("Semantics", "Knowledge").Append(AutoGraph.ResidualQuantizer("Codes", "Semantics", Quantizer));

    internal IEstimator<ITransformer> Pipeline() =>
        AutoGraph.MetapathGraph(Users, Items, Graph).Append(AutoGraph.Recommender(Recommender, Split.Validation));

    internal static float[] Scores(ITransformer model, IDataView rows) => [.. model.Transform(rows).GetColumn<float>("Score")];

    internal static float[][] Vectors(IDataView view, string column) => [.. view.GetColumn<float[]>(column)];
}
