using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>KAR through the ML.NET estimators: semantic vectors of the side pipelines become content fields.</summary>
public sealed class KarPipelineTests
{
    private readonly SmallWorld _world = new();

    [Fact]
    public void Fit_AutoGraphAndKar_ReadsTheVectorsOfTheSidePipelinesAndSurvivesSaveAndLoad()
    {
        var model = Fit(_world.Users(), _world.Items());
        var scores = SmallWorld.Scores(model, _world.Split.Test);
        Assert.NotEqual(SmallWorld.Scores(Fit(_world.Users(), _world.Items(), Enhancement.AutoGraph), _world.Split.Test), scores);

        using var stream = new MemoryStream();
        _world.Context.Model.Save(model, _world.Split.Train.Schema, stream);
        stream.Position = 0;
        Assert.Equal(scores, SmallWorld.Scores(new MLContext(99).Model.Load(stream, out _), _world.Split.Test));
    }

    [Fact]
    public void Fit_SemanticColumnOfAnotherName_IsFoundByItsName()
    {
        var codes = _world.AutoGraph.SemanticVector("Meaning", "Knowledge").Append(_world.AutoGraph.ResidualQuantizer("Codes", "Meaning", SmallWorld.Quantizer));
        SideTable Side(IDataView data, string id) => new(data, id, codes) { SemanticColumn = "Meaning" };
        Assert.Equal(SmallWorld.Scores(Fit(_world.Users(), _world.Items()), _world.Split.Test),
            SmallWorld.Scores(Fit(Side(_world.Data.Users, "UserId"), Side(_world.Data.Items, "ItemId")), _world.Split.Test));
    }

    [Fact]
    public void Fit_Default_IsAutoGraphAndKarWhereVectorsExistAndAutoGraphAloneWhereNot()
    {
        var (users, items) = (_world.Users() with { SemanticColumn = "Nothing" }, _world.Items() with { SemanticColumn = "Nothing" });
        var graphAlone = SmallWorld.Scores(Fit(_world.Users(), _world.Items(), Enhancement.AutoGraph), _world.Split.Test);
        Assert.Equal(SmallWorld.Scores(_world.Fit(), _world.Split.Test), SmallWorld.Scores(Fit(_world.Users(), _world.Items()), _world.Split.Test));
        Assert.Equal(graphAlone, SmallWorld.Scores(Fit(users, items), _world.Split.Test));
    }

    private TransformerChain<GraphEnhancedRecommenderTransformer> Fit(SideTable users, SideTable items, Enhancement enhancement = Enhancement.AutoGraph | Enhancement.Kar) => _world.AutoGraph.MetapathGraph(users, items, SmallWorld.Graph)
        .Append(_world.AutoGraph.Recommender(SmallWorld.Options with { Enhancement = enhancement }, _world.Split.Validation)).Fit(_world.Split.Train);
}
