using static TorchSharp.torch;

namespace AutoGraph.Torch.Training;

/// <summary>Reads losses.</summary>
internal static class Losses
{
    /// <summary>The value of a scalar loss.</summary>
    /// <exception cref="InvalidOperationException">The loss is NaN or infinite: training has diverged.</exception>
    public static double Finite(Tensor loss, int epoch, double learningRate)
    {
        double value = loss.item<float>();
        return double.IsFinite(value) ? value : throw new InvalidOperationException(
            FormattableString.Invariant($"Expected a finite loss, found {value} in epoch {epoch}. Lower the learning rate ({learningRate}) or check dense features for extreme values."));
    }
}
