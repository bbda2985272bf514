using AutoGraph.Core.Codes;
using AutoGraph.Datasets;
using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.Quantization;

/// <summary>Codes of texts that language models wrote, through the estimators, with the corpus encoder and few epochs; docs/quantizers.md has the figures of whole fits.</summary>
public sealed class RealTextsTests(ITestOutputHelper output)
{
    private const string MovieLens = "data/ml-1m", LastFm = "data/lastfm-hetrec2011";
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void MovieLens1M_Items_UseTheirCodesAndSayMoreThanRandomOnes() => Check(Encode(Films().Items), 256);

    [Fact]
    public void MovieLens1M_Users_UseTheirCodesAndSayMoreThanRandomOnes()
    {
        var (data, autoGraph) = (Films(), _context.AutoGraph());
        var train = autoGraph.Data.LeaveOneOut(data.Interactions).Train;
        Check(autoGraph.Data.MeanItemVectors(data.Users, "UserId", train, Encode(data.Items), "ItemId", "Semantics", "Semantics"), 300);
    }

    [Theory, InlineData("llm_response_item.json", 2813), InlineData("llm_response_user.json", 1859)]
    public void LastFm_Texts_UseTheirCodesAndSayMoreThanRandomOnes(string file, int rows)
    {
        var texts = KnowledgeFile.Read(Path.Combine(Folder(LastFm), "llm_colakg", file)).Texts;
        Assert.Equal(rows, texts.Count);
        Check(Encode(_context.Data.LoadFromEnumerable(texts.Values.Select(text => new Row { Knowledge = text }).ToList())), 256);
    }

    private RecommendationData Films()
    {
        string folder = Folder(MovieLens);
        return _context.AutoGraph().Data.LoadMovieLens(folder, Path.Combine(folder, "text", "llm_items_deepseek.json"));
    }

    private IDataView Encode(IDataView texts) => _context.Data.Cache(_context.AutoGraph().SemanticVector("Semantics", "Knowledge").Fit(texts).Transform(texts), "Semantics", texts.Schema[0].Name);

    private void Check(IDataView vectors, int codebookSize)
    {
        var health = Enum.GetValues<Quantizer>().ToDictionary(quantizer => quantizer, quantizer => _context.AutoGraph().ResidualQuantizer("Codes", "Semantics", new()
        {
            Quantizer = quantizer, CodebookSize = codebookSize, WarmUpEpochs = 2, Epochs = 4,
        }).Fit(vectors).Health);
        foreach (var (quantizer, found) in health) output.WriteLine($"{quantizer}: relative errors {string.Join(" / ", found.Levels.Select(level => FormattableString.Invariant($"{level.RelativeError:F3}")))}, active {string.Join(" / ", found.Levels.Select(level => FormattableString.Invariant($"{level.ActiveRatio:P1}")))}");
        foreach (var quantizer in new[] { Quantizer.RqVae, Quantizer.ResidualKMeans })
            Assert.All(health[quantizer].Levels, level => Assert.True(level.ActiveRatio > 0.9, $"{quantizer}: {level}"));
        foreach (var found in health.Values)
        {
            Assert.All(found.Levels, level => Assert.True(level.RelativeError < 1 && level.RelativeError < level.RandomError, $"{level}"));
            Assert.Equal(found.Levels.OrderByDescending(level => level.RelativeError), found.Levels);
        }
        Assert.All(new[] { Quantizer.HierarchicalClustering, Quantizer.Lsh }, other => Assert.True(health[Quantizer.ResidualKMeans].RelativeError < health[other].RelativeError));
    }

    private static string Folder(string name)
    {
        string? folder = SharedData.Find(name);
        Assert.SkipWhen(folder is null, SharedData.Absent(name));
        return folder;
    }

    private sealed class Row
    {
        public string Knowledge { get; set; } = "";
    }
}
