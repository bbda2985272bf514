using AutoGraph.TestKit;
using Microsoft.ML;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>Options of the graph through ML.NET: semantic vectors and codebooks come from the side pipelines.</summary>
public sealed class GraphFormTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    private static readonly MetapathGraphOptions Form = SmallWorld.Graph with { ContentNodes = true, Gates = true };

    private SmallWorld World => fixture.World;

    private MetapathGraphTransformer Fit(MetapathGraphOptions options) => World.AutoGraph.MetapathGraph(World.Users(), World.Items(), options).Fit(World.Split.Train);

    [Fact]
    public void Fit_ContentNodes_ReadsVectorsAndCodebooksOfThePipelines()
    {
        var (with, without) = (Fit(Form).State, Fit(Form with { ContentNodes = false }).State);
        var (weights, plain) = (with.Model.Save(), without.Model.Save());
        var semantics = with.Items.Features.Fields.OfType<Core.Features.SemanticField>().Single();
        Assert.Equal([with.Items.Ids.Count, semantics.Width], weights.ShapeOf("weights.itemContent.vectors"));
        Assert.Equal(semantics.Values, weights.Floats("weights.itemContent.vectors"), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.False(plain.Contains("weights.itemContent.vectors"));

        // factors lie at the angles of their codes
        var quantizer = TransformerSearch.Flatten(with.Items.Pipeline!).OfType<ResidualQuantizerTransformer>().Single();
        float[] codes = [.. quantizer.Codebook(0), .. quantizer.Codebook(1)], factors = weights.Floats("weights.itemPath.factors");
        Assert.Equal(codes.Length, factors.Length);
        for (int a = 0; a < 8; a++)
            for (int b = 0; b < a; b++)
                Assert.Equal(Cosine(codes, a, b), Cosine(factors, a, b), 1e-4f);

        static float Cosine(float[] rows, int a, int b) => System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(rows.AsSpan(a * 8, 8), rows.AsSpan(b * 8, 8));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Fit_EveryForm_TrainsWithARecommenderAndLoads(bool attentionV2, bool pairwise)
    {
        using var folder = new TempFolder();
        var options = Form with { AttentionV2 = attentionV2, Pairwise = pairwise };
        var model = World.AutoGraph.MetapathGraph(World.Users(), World.Items(), options).Append(World.AutoGraph.Recommender(SmallWorld.Options, World.Split.Validation)).Fit(World.Split.Train);
        World.AutoGraph.Save(model, World.Split.Train.Schema, folder.File("model.zip"));
        var loaded = World.AutoGraph.Load(folder.File("model.zip"), out _);
        Assert.Equal(SmallWorld.Scores(model, World.Split.Test), SmallWorld.Scores(loaded, World.Split.Test));
        Assert.Equal(new(0, 0, 0, 0), TransformerSearch.Flatten(loaded).OfType<MetapathGraphTransformer>().Single().Gates);      // the recommender trains a copy
        var gates = TransformerSearch.Recommender(loaded).Gates!;
        Assert.NotEqual(new(0, 0, 0, 0), gates);
        Assert.Equal(TransformerSearch.Recommender(model).Gates, gates);
    }

    [Fact]
    public void Fit_ContentNodesWithoutVectors_SaysSoBeforeAnyPipelineIsFitted()
    {
        SideTable without(SideTable table) => table with { SemanticColumn = "Nothing" };
        var estimator = World.AutoGraph.MetapathGraph(without(World.Users()), without(World.Items()), Form);
        Assert.Contains("'Nothing'", Assert.Throws<ArgumentException>(() => estimator.GetOutputSchema(SchemaTools.Shape(World.Split.Train.Schema))).Message, StringComparison.Ordinal);
    }
}
