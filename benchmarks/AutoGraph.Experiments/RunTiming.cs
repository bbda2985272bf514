namespace AutoGraph.Experiments;

/// <summary>What a run takes.</summary>
/// <param name="Fixed">Seconds before and after training.</param>
/// <param name="Epoch">Seconds of an epoch with its validation.</param>
internal sealed record RunTiming(double Fixed, double Epoch)
{
    /// <summary>Epochs that a run is expected to take before one has ended.</summary>
    private const int ExpectedEpochs = 30;

    /// <summary>As a run that has ended took.</summary>
    public static RunTiming Of(RunResult result) =>
        new(result.SemanticSeconds + result.QuantizeSeconds + result.TestSeconds, result.SecondsPerEpoch + (result.ValidationSeconds ?? result.TestSeconds));

    /// <summary>Trains a single epoch to see.</summary>
    public static async Task<RunTiming> MeasureAsync(RunOptions options, CancellationToken cancellationToken) =>
        Of(await Run.TrainAndTestAsync(options with { Epochs = 1, WarmUp = Math.Min(1, options.WarmUp), ValidationOnly = true, Resume = null }, cancellationToken));

    /// <summary>Seconds of a run of so many epochs.</summary>
    public double Seconds(int epochs) => Fixed + epochs * Epoch;

    /// <summary>Seconds that a run with these options is expected to take.</summary>
    public double Expected(RunOptions options) => Seconds(Math.Min(ExpectedEpochs, options.Epochs));
}
