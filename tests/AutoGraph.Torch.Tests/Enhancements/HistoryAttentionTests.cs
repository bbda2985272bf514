using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Enhancements;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Enhancements;

public sealed class HistoryAttentionTests
{
    [Fact]
    public void Attention_ByHand_IsTheSoftmaxOverTheLatestItems()
    {
        using var scope = NewDisposeScope();
        using var vectors = UserVectors(latest: 2);
        // one head, W = identity, a_src = (1, 0), a_dst = (0, 1); ages 0.5 for the latest item and 0 for the one before
        var user = tensor(new float[] { 0, 0, 3, -2 }, 1, 4);                                        // state (0, 0), ELU (3, -2)
        var items = tensor(new float[] { 7, 7, 1, 5, 3, 5 }, 3, 2);                                  // the first is too old to be read
        (int Place, double Weight)[] expected = [(1, Math.Exp(Leaky(1 - 2 + 0))), (2, Math.Exp(Leaky(3 - 2 + 0.5)))];
        double sum = expected.Sum(pair => pair.Weight);

        var found = vectors.Attention(user, items);

        Assert.Equal([1, 2], found.Select(pair => pair.Place));
        for (int i = 0; i < 2; i++) Assert.Equal(expected[i].Weight / sum, found[i].Weight, 1e-6);

        static double Leaky(double value) => value < 0 ? 0.2 * value : value;
    }

    private static HistoryUserVectors UserVectors(int latest)
    {
        var vectors = HistoryUserVectors.OfShape([1, 1, 2, 1, 0, latest, latest])!;
        using var _ = no_grad();
        foreach (var (name, parameter) in vectors.named_parameters())
        {
            float[] values = name switch
            {
                "step.attend.source" or "step.attend.destination" or "step.self" => [1, 0, 0, 1],
                "step.attend.attendSource" => [1, 0],
                "step.attend.attendDestination" => [0, 1],
                "step.attend.bias" => [0, 0],
                "step.ages" => [0.5f, 0],
                _ => throw new NotSupportedException(name),
            };
            parameter.copy_(tensor(values, parameter.shape));
        }
        return vectors;
    }
}
