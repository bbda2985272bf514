using AutoGraph.Torch.Quantization;
using Xunit;

namespace AutoGraph.Torch.Tests.Quantization;

public sealed class RelativeErrorTests
{
    private const int Width = 6;

    [Theory, InlineData(Quantizer.ResidualKMeans), InlineData(Quantizer.RqVae)]
    public void RelativeErrors_RowsNotFitted_AreTheirDistanceToWhatTheCodesSayOverThatToTheirMean(Quantizer quantizer)
    {
        var random = new Random(2);
        float[] fitted = Rows(200, 0), news = Rows(50, 3);
        var coding = ResidualVectorQuantizer.Fit(fitted, Width, new() { Quantizer = quantizer, Levels = 2, CodebookSize = 8, Dimension = 4, HiddenWidths = [8], Epochs = 3, WarmUpEpochs = 2 }, 1);
        var codes = new int[50 * 2];
        coding.Encode(news, codes, []);
        float[] said = coding.Reconstruct(codes);
        double[] mean = [.. Enumerable.Range(0, Width).Select(d => Enumerable.Range(0, 50).Average(row => (double)news[row * Width + d]))];
        double error = news.Zip(said, (v, w) => Math.Pow(v - w, 2)).Sum(), spread = news.Select((v, place) => Math.Pow(v - mean[place % Width], 2)).Sum();

        double[] found = coding.RelativeErrors(news, codes);

        Assert.Equal(error / spread, found[1], 1e-3 * error / spread);
        Assert.True(found[0] > 0 && found[0] != found[1]);
        Assert.Equal(coding.Health.RelativeError, Own(coding, fitted)[1], 1e-3);
        Assert.All(coding.RelativeErrors(news[..Width], codes[..2]), value => Assert.True(double.IsNaN(value)));        // one row is its own mean

        float[] Rows(int count, float shift) => [.. Enumerable.Range(0, count * Width).Select(place => (random.NextSingle() - 0.5f) * (1 + place % Width) + shift)];
    }

    private static double[] Own(ResidualVectorQuantizer coding, float[] rows)
    {
        var codes = new int[rows.Length / Width * coding.Levels];
        coding.Encode(rows, codes, []);
        return coding.RelativeErrors(rows, codes);
    }
}
