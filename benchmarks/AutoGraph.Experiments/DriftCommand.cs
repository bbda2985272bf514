using System.CommandLine;
using System.Numerics.Tensors;
using AutoGraph.Core.Codes;
using AutoGraph.Datasets;
using AutoGraph.Onnx;
using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Training;

namespace AutoGraph.Experiments;

/// <summary>Drift figures where it is known whether there is drift: random rows held out of the fit, a theme held out, and texts of another kind.</summary>
internal static class DriftCommand
{
    public static Command Create()
    {
        Option<FileInfo> texts = new("--texts") { Description = "Recorded knowledge: JSON object id → text, or JSON Lines with id and text", Required = true };
        Option<FileInfo> others = new("--other-texts") { Description = "Recorded knowledge of another kind", Required = true };
        Option<DirectoryInfo> encoder = new("--encoder") { Description = "Folder of an ONNX sentence encoder", Required = true };
        Option<FileInfo?> cache = new("--cache") { Description = "SQLite file that keeps text embeddings between runs" };
        var quantizer = FactorCodes.QuantizerOption("residual-kmeans");
        Option<int> size = new("--codebook-size") { Description = "Codes per level", DefaultValueFactory = _ => 256 };
        Option<int> seeds = new("--seeds") { Description = "Seeds", DefaultValueFactory = _ => 3 };
        Option<int?> threads = new("--threads") { Description = "CPU threads" };
        var command = new Command("drift", "Drift figures of rows held out at random, of a theme held out, and of other texts") { texts, others, encoder, cache, quantizer, size, seeds, threads };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(threads) is { } count) ComputeThreads.Count = count;
            using var model = OnnxTextEncoder.Load(parsed.GetRequiredValue(encoder).FullName);
            using var store = parsed.GetValue(cache) is { } file ? new SqliteKnowledgeStore(file.FullName) : null;
            var embedder = new TextEmbedder(model, store);
            float[][] own = await Rows(parsed.GetRequiredValue(texts)), foreign = await Rows(parsed.GetRequiredValue(others));
            var options = new ResidualQuantizerOptions { Quantizer = FactorCodes.QuantizerOf(parsed.GetValue(quantizer)!), CodebookSize = parsed.GetValue(size), CancellationToken = cancellation };
            for (int seed = 1; seed <= parsed.GetValue(seeds); seed++)
            {
                int[] order = [.. Enumerable.Range(0, own.Length)];
                new Random(seed).Shuffle(order);
                int held = own.Length / 10;
                Report("held out at random", [.. order[held..].Select(row => own[row])], [.. order[..held].Select(row => own[row])], options, seed);
                Report("other texts", [.. order[held..].Select(row => own[row])], foreign, options, seed);
                float[][] byTheme = [.. own.OrderByDescending(row => TensorPrimitives.Dot<float>(row, own[order[0]]))];
                Report("a theme held out", byTheme[held..], byTheme[..held], options, seed);
            }
            return 0;

            async Task<float[][]> Rows(FileInfo file)
            {
                var vectors = await embedder.EmbedAsync([.. KnowledgeFile.Read(file.FullName).Texts.Values], cancellationToken: cancellation);
                return [.. Enumerable.Range(0, vectors.GetLength(0)).Select(row => Enumerable.Range(0, vectors.GetLength(1)).Select(d => vectors[row, d]).ToArray())];
            }
        });
        return command;
    }

    private static void Report(string what, float[][] training, float[][] news, ResidualQuantizerOptions options, int seed)
    {
        float[] oldRows = [.. training.SelectMany(row => row)], newRows = [.. news.SelectMany(row => row)];
        var quantizer = ResidualVectorQuantizer.Fit(oldRows, training[0].Length, options, seed);
        int[] oldCodes = new int[training.Length * quantizer.Levels], newCodes = new int[news.Length * quantizer.Levels];
        quantizer.Encode(oldRows, oldCodes, []);
        quantizer.Encode(newRows, newCodes, []);
        double[] oldErrors = quantizer.RelativeErrors(oldRows, oldCodes), newErrors = quantizer.RelativeErrors(newRows, newCodes);
        var load = CodeLoad.Measure(Counts(oldCodes), Counts(newCodes));
        Console.WriteLine(FormattableString.Invariant(
            $"seed {seed}, {what}: {news.Length} new of {training.Length}; relative error {oldErrors[^1]:F3} and {newErrors[^1]:F3}, explained {(1 - newErrors[^1]) / (1 - oldErrors[^1]):F2}; load of level 0 {load.Distance:F3}, by chance {load.DistanceByChance:F3}, excess {load.Distance - load.DistanceByChance:F3}"));

        int[] Counts(int[] codes)
        {
            var counts = new int[quantizer.LevelSizes[0]];
            for (int at = 0; at < codes.Length; at += quantizer.Levels) counts[codes[at]]++;
            return counts;
        }
    }
}
