using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxScoring;
using Xunit;

namespace AutoGraph.Torch.Tests.Export;

/// <summary>Features that a request gives to the exported tower, against an engine in which a user has them.</summary>
public sealed class OnnxFeatureTests(ExportWorld world) : IClassFixture<ExportWorld>
{
    [Fact]
    public void UserTower_FeaturesOfANewUser_ScoreAsAnAddedUser() => Expect(null, new() { ["City"] = "City 2", ["Age"] = 61f, ["Tastes"] = (string[])["taste 1", "taste 4", "unheard of"] }, world.Rows[5].Semantics,
        "City 2", ["taste 1", "taste 4", "unheard of"], 61f);

    [Fact]
    public void UserTower_OtherFeaturesOfAKnownUser_TakeThePlaceOfTheStoredOnes() => Expect(world.UserIds[2], new() { ["City"] = "City 1", ["Age"] = 18f, ["Tastes"] = (string[])["taste 0"] }, world.Rows[7].Semantics,
        "City 1", ["taste 0"], 18f);

    [Fact]
    public void UserTower_CategoriesThatNobodyTrained_ReadAsUnknown()
    {
        // "Nowhere" and "silence" belong to the user without training rows; "Atlantis" and "noise" to nobody
        Expect(world.UserIds[2], new() { ["City"] = "Nowhere", ["Age"] = 18f, ["Tastes"] = (string[])["silence"] }, world.Rows[7].Semantics, "Nowhere", ["silence"], 18f);
        Expect(world.UserIds[2], new() { ["City"] = "Atlantis", ["Age"] = 18f, ["Tastes"] = (string[])["noise", "taste 3"] }, world.Rows[7].Semantics, "Atlantis", ["noise", "taste 3"], 18f);
    }

    private void Expect(string? user, Dictionary<string, object> values, float[] semantic, string city, string[] tastes, float age)
    {
        var model = world.Fit(ExportWorld.Options with { Enhancement = Enhancement.Kar });
        using var export = new Exported(world, model);
        using var recommender = new OnnxRecommender(export.Folder);
        using var engine = world.AutoGraph.CreateEngine(model);
        string[] history = world.ItemIds[3..8];
        var asStored = engine.RecommendFor(history, int.MaxValue, new RequestOptions { ExcludeSeen = false }, user).ToDictionary(item => item.ItemId, item => item.Score);
        if (user is null) engine.AddUser(new NewUser("new") { Values = values, SemanticVector = semantic });
        else engine.UpdateUser(new NewUser(user) { Values = values, SemanticVector = semantic });
        var expected = engine.RecommendFor(history, int.MaxValue, new RequestOptions { ExcludeSeen = false }, user ?? "new");

        float[] found = recommender.Scores(history, user,
        [
            NamedOnnxValue.CreateFromTensor("feature_City", new DenseTensor<long>(new[] { Category(recommender, "feature_City", city) }, [1])),
            NamedOnnxValue.CreateFromTensor("feature_Tastes", new DenseTensor<long>(tastes.Select(taste => Category(recommender, "feature_Tastes", taste)).Append(-1).ToArray(), [1, tastes.Length + 1])),
            NamedOnnxValue.CreateFromTensor("feature_Age", new DenseTensor<float>(new[] { age }, [1, 1])),
            NamedOnnxValue.CreateFromTensor("feature_Semantics", new DenseTensor<float>(semantic, [1, semantic.Length])),
        ]);
        Assert.Equal(world.ItemIds.Length, expected.Count);
        Assert.All(expected, item => Assert.Equal(item.Score, found[recommender.PositionOf("items", item.ItemId)], 1e-5f));
        Assert.Contains(expected, item => Math.Abs(item.Score - asStored[item.ItemId]) > 0.01f);       // features count
    }

    private static long Category(OnnxRecommender recommender, string input, string name) => recommender.PositionOf(input, name) is >= 0 and var position ? position : -2;
}
