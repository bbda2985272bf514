using System.Diagnostics;
using System.Globalization;
using AutoGraph.Onnx;
using AutoGraph.TestKit;

namespace AutoGraph.Benchmarks;

/// <summary>Texts a second of an ONNX encoder, by length of the texts and size of the batches.</summary>
internal static class EncoderThroughput
{
    private const double Goal = 1.3;
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(1), Measure = TimeSpan.FromSeconds(4);
    private static readonly string[] Words = "a retired detective returns to the harbour town of her childhood and finds the lighthouse abandoned while an old friend waits".Split(' ');

    /// <returns>0 if batches of 32 are at least 1.3 times as fast as single texts, at both lengths.</returns>
    public static async Task<int> RunAsync(string? folder)
    {
        folder ??= SharedData.Find("models/use-lite") ?? throw new DirectoryNotFoundException(SharedData.Absent("models/use-lite"));
        using var encoder = OnnxTextEncoder.Load(folder, new() { MaxTokens = 256, BatchSize = 32 });
        Console.WriteLine($"{encoder.ModelId}, {encoder.Dimension} dimensions, {Environment.ProcessorCount} processors");
        var reached = true;
        foreach (var length in (int[])[25, 200])
        {
            var texts = await TextsAsync(encoder, length);
            var single = await SpeedAsync(encoder, texts, 1);
            var batched = await SpeedAsync(encoder, texts, 32);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{length,3} tokens: batch 1 {single,8:F1} texts/s, batch 32 {batched,8:F1} texts/s, {batched / single:F2} ×"));
            reached &= batched >= Goal * single;
        }
        return reached ? 0 : 1;
    }

    /// <summary>256 different texts of the length asked for.</summary>
    private static async Task<string[]> TextsAsync(OnnxTextEncoder encoder, int length)
    {
        var random = new Random(1);
        var texts = new string[256];
        for (var i = 0; i < texts.Length; i++)
        {
            var text = "";
            // Words of about one token: grow by what is missing.
            for (var missing = length; missing > 0; missing = length - (int)(await encoder.GenerateAsync([text])).Usage!.InputTokenCount!.Value)
                text = $"{text} {string.Join(' ', Enumerable.Range(0, Math.Max(1, missing / 2)).Select(_ => Words[random.Next(Words.Length)]))}";
            texts[i] = text;
        }
        return texts;
    }

    private static async Task<double> SpeedAsync(OnnxTextEncoder encoder, string[] texts, int batch)
    {
        await RunAsync(Warmup);
        return await RunAsync(Measure);

        async Task<double> RunAsync(TimeSpan time)
        {
            var (started, done) = (Stopwatch.GetTimestamp(), 0);
            while (Stopwatch.GetElapsedTime(started) < time)
                foreach (var part in texts.Chunk(batch))
                {
                    await encoder.GenerateAsync(part);
                    done += part.Length;
                    if (Stopwatch.GetElapsedTime(started) >= time) break;
                }
            return done / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
    }
}
