using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using AutoGraph.Core.Interpretation;
using AutoGraph.Onnx;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph.Experiments;

/// <summary>Prints what the factors of MovieLens items stand for (paper Fig. 6), and writes them with maps of the codebooks (Fig. 3), through the public API alone.</summary>
internal static class FactorsCommand
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        Option<string> dataset = new("--dataset") { Description = "ml-1m or ml-100k", Required = true };
        dataset.AcceptOnlyFromAmong("ml-1m", "ml-100k");
        Option<DirectoryInfo> data = new("--data") { Description = "Folder of the data set", Required = true };
        Option<FileInfo?> knowledge = new("--items-knowledge") { Description = "Recorded knowledge of items: JSON object id → text, or JSON Lines with id and text" };
        Option<DirectoryInfo?> encoder = new("--encoder") { Description = "Folder of an ONNX sentence encoder; without it the corpus encoder (TF-IDF + SVD)" };
        Option<FileInfo?> cache = new("--cache") { Description = "SQLite file that keeps text embeddings between runs" };
        var quantizer = FactorCodes.QuantizerOption();
        Option<int> size = new("--codebook-size") { Description = "Codes per level", DefaultValueFactory = _ => 256 };
        Option<string> terms = new("--terms") { Description = "Column of tags or text that terms come from", DefaultValueFactory = _ => "Knowledge" };
        terms.AcceptOnlyFromAmong("Knowledge", "Genres", "Title");
        Option<int> show = new("--show") { Description = "Factors printed per level, by code", DefaultValueFactory = _ => 10 };
        Option<int> seed = new("--seed") { Description = "Seed", DefaultValueFactory = _ => 1 };
        Option<int?> threads = new("--threads") { Description = "CPU threads" };
        Option<FileInfo?> json = new("--json") { Description = "File that receives all factors, and maps of the codebooks by principal components and t-SNE" };
        var command = new Command("factors", "Tell what the latent factors of items stand for") { dataset, data, knowledge, encoder, cache, quantizer, size, terms, show, seed, threads, json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(threads) is { } count) ComputeThreads.Count = count;
            var mlContext = new MLContext(parsed.GetValue(seed));
            var autoGraph = mlContext.AutoGraph();
            var items = autoGraph.Data.LoadMovieLens(parsed.GetRequiredValue(data).FullName, parsed.GetValue(knowledge)?.FullName).Items;
            using var model = parsed.GetValue(encoder) is { } folder ? OnnxTextEncoder.Load(folder.FullName) : null;
            using var store = parsed.GetValue(cache) is { } file ? new SqliteKnowledgeStore(file.FullName) : null;
            var options = new ResidualQuantizerOptions { Quantizer = FactorCodes.QuantizerOf(parsed.GetValue(quantizer)!), CodebookSize = parsed.GetValue(size) };
            var pipeline = autoGraph.SemanticVector("Semantics", new SemanticVectorOptions { TextColumn = "Knowledge", Encoder = model, Store = store })
                .Append(autoGraph.ResidualQuantizer("Codes", "Semantics", options)).Fit(items);

            var factors = autoGraph.DescribeFactors(pipeline, items, "Title", parsed.GetValue(terms));
            foreach (var factor in factors.GroupBy(factor => factor.Level).SelectMany(level => level.Take(parsed.GetValue(show)))) Console.WriteLine(factor);
            foreach (var level in factors.GroupBy(factor => factor.Level))
                Console.WriteLine(FormattableString.Invariant($"level {level.Key}: {level.Count()} factors, {level.Count(factor => factor.Terms.Count > 0)} with terms, median of the highest z {Highest(level):F1}"));
            var control = autoGraph.DescribeFactors(pipeline.LastTransformer, WithForeignTexts(mlContext, pipeline.Transform(items)), "Title", "Text");
            Console.WriteLine(FormattableString.Invariant($"texts of other items (control): median of the highest z {string.Join(", ", control.GroupBy(factor => factor.Level).Select(level => FormattableString.Invariant($"{Highest(level):F1}")))}"));
            if (parsed.GetValue(json) is { } target)
                File.WriteAllText(target.FullName, JsonSerializer.Serialize(new { Factors = factors, PrincipalComponents = pipeline.LastTransformer.MapByPrincipalComponents(), TSne = pipeline.LastTransformer.MapByTSne() }, Format));
            return 0;
        });
        return command;
    }

    private static double Highest(IEnumerable<FactorProfile> factors)
    {
        double[] sorted = [.. factors.Select(factor => factor.Terms.Count > 0 ? factor.Terms[0].ZScore : 0).Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Every item with the text of another one: what factors would seem to stand for by chance.</summary>
    private static IDataView WithForeignTexts(MLContext mlContext, IDataView items)
    {
        string[] texts = [.. items.GetColumn<ReadOnlyMemory<char>>("Knowledge").Select(text => text.ToString())];
        new Random(1).Shuffle(texts);
        return mlContext.Data.LoadFromEnumerable(items.GetColumn<VBuffer<float>>("Semantics").Zip(texts, (vector, text) => new Described { Semantics = new(vector.Length, [.. vector.DenseValues()]), Text = text }).ToList());
    }

    private sealed class Described
    {
        public VBuffer<float> Semantics { get; set; }

        public string Title { get; set; } = "";

        public string Text { get; set; } = "";
    }
}
