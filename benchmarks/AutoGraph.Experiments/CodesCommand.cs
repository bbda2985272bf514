using System.CommandLine;
using System.Diagnostics;
using AutoGraph.Core.Interactions;
using AutoGraph.Datasets;
using AutoGraph.Onnx;
using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Training;

namespace AutoGraph.Experiments;

/// <summary>Quantizes the vectors of recorded texts, or of the users who liked what they tell of, and prints the health of the codes.</summary>
internal static class CodesCommand
{
    public static Command Create()
    {
        Option<FileInfo> texts = new("--texts") { Description = "Recorded knowledge: JSON object id → text, or JSON Lines with id and text", Required = true };
        Option<DirectoryInfo?> users = new("--users-of") { Description = "Folder of a MovieLens data set: quantize its users, each the normalised mean of its training items" };
        Option<DirectoryInfo> encoder = new("--encoder") { Description = "Folder of an ONNX sentence encoder", Required = true };
        Option<FileInfo?> cache = new("--cache") { Description = "SQLite file that keeps text embeddings between runs" };
        var quantizers = FactorCodes.QuantizersOption();
        Option<int> size = new("--codebook-size") { Description = "Codes per level", DefaultValueFactory = _ => 256 };
        Option<int> beam = new("--beam") { Description = "Paths kept per level in encoding", DefaultValueFactory = _ => 1 };
        Option<bool> averages = new("--moving-average") { Description = "Codebooks of the RQ-VAE as moving averages" };
        Option<bool> rotate = new("--rotation") { Description = "Rotated gradients in the RQ-VAE" };
        Option<double> sinkhorn = new("--sinkhorn") { Description = "Temperature of balanced assignment in training, 0 for off" };
        Option<int> seed = new("--seed") { Description = "Seed", DefaultValueFactory = _ => 1 };
        Option<int?> threads = new("--threads") { Description = "CPU threads" };
        var command = new Command("codes", "Quantize recorded texts and report the health of their codes")
        {
            texts, users, encoder, cache, quantizers, size, beam, averages, rotate, sinkhorn, seed, threads,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(threads) is { } count) ComputeThreads.Count = count;
            var read = KnowledgeFile.Read(parsed.GetRequiredValue(texts).FullName).Texts;
            using var model = OnnxTextEncoder.Load(parsed.GetRequiredValue(encoder).FullName);
            using var store = parsed.GetValue(cache) is { } file ? new SqliteKnowledgeStore(file.FullName) : null;
            var vectors = await new TextEmbedder(model, store).EmbedAsync([.. read.Values], cancellationToken: cancellation);
            float[] rows = parsed.GetValue(users) is { } folder ? UserMeans(folder.FullName, [.. read.Keys], vectors, cancellation) : [.. vectors.Cast<float>()];
            foreach (string name in parsed.GetValue(quantizers)!)
                Report(name, rows, vectors.GetLength(1), parsed.GetValue(seed), new()
                {
                    Quantizer = FactorCodes.QuantizerOf(name), CodebookSize = parsed.GetValue(size), CancellationToken = cancellation,
                    BeamWidth = name is "rqvae" or "residual-kmeans" ? parsed.GetValue(beam) : 1, RotationTrick = parsed.GetValue(rotate), Sinkhorn = parsed.GetValue(sinkhorn),
                    CodebookUpdate = parsed.GetValue(averages) ? CodebookUpdate.MovingAverage : CodebookUpdate.Gradient,
                });
            return 0;
        });
        return command;
    }

    private static void Report(string name, float[] rows, int width, int seed, ResidualQuantizerOptions options)
    {
        var clock = Stopwatch.StartNew();
        var quantizer = ResidualVectorQuantizer.Fit(rows, width, options, seed);
        Console.WriteLine(FormattableString.Invariant($"{name}: {rows.Length / width} × {width}, levels of {string.Join(", ", quantizer.LevelSizes)} codes, {clock.Elapsed.TotalSeconds:F1} s"));
        Console.WriteLine(quantizer.Health);
        foreach (string warning in quantizer.Warnings) Console.WriteLine($"warning: {warning}");
    }

    private static float[] UserMeans(string folder, string[] ids, float[,] vectors, CancellationToken cancellationToken)
    {
        var all = MovieLens.Read(folder, cancellationToken).Positives().Interactions;
        var train = all.Select([.. LeaveOneOut.Split(all).Train]);
        var rowOf = ids.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        var items = new float[train.Items.Count, vectors.GetLength(1)];
        for (int item = 0; item < items.GetLength(0); item++)
            for (int d = 0; d < items.GetLength(1); d++) items[item, d] = vectors[rowOf[train.Items[item]], d];
        return [.. SemanticVectors.Means(train, items).Cast<float>()];
    }
}
