namespace AutoGraph.Torch.Training;

/// <summary>The learning rate of each step: a linear warm-up, then a schedule over the rest of the steps.</summary>
/// <param name="options">Rate, warm-up, schedule, epochs.</param>
/// <param name="stepsPerEpoch">S.</param>
internal sealed class LearningRate(RecommenderOptions options, int stepsPerEpoch)
{
    private readonly double _warmUp = Math.Round(options.WarmUpEpochs * stepsPerEpoch);
    private readonly double _last = (double)options.Epochs * stepsPerEpoch;

    /// <summary>η of a step: η · (t + 1) / W for the first W steps, the schedule's part of η after them.</summary>
    /// <param name="epoch">From 1.</param>
    /// <param name="step">Step of the epoch, from 0.</param>
    /// <param name="decays">Falls of <see cref="LearningRateSchedule.Plateau"/> so far.</param>
    public double At(int epoch, int step, int decays)
    {
        double t = (epoch - 1.0) * stepsPerEpoch + step;
        if (t < _warmUp) return options.LearningRate * (t + 1) / _warmUp * Math.Pow(options.DecayFactor, decays);
        double x = (t - _warmUp) / (_last - _warmUp);
        return options.LearningRate * options.Schedule switch
        {
            LearningRateSchedule.Constant => 1,
            LearningRateSchedule.Linear => 1 - x,
            LearningRateSchedule.Cosine => (1 + Math.Cos(Math.PI * x)) / 2,
            LearningRateSchedule.Plateau => Math.Pow(options.DecayFactor, decays),
            _ => throw new InvalidOperationException($"Expected a named schedule, found {options.Schedule}."),
        };
    }
}
