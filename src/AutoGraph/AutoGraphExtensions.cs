using Microsoft.ML;

namespace AutoGraph;

/// <summary>Adds AutoGraph to <see cref="MLContext"/>.</summary>
public static class AutoGraphExtensions
{
    /// <summary>Recommendation that understands content through language models: four estimators, evaluation and serving.</summary>
    /// <param name="mlContext">The context; its seed, log and <c>GpuDeviceId</c> are used.</param>
    public static AutoGraphCatalog AutoGraph(this MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        return new AutoGraphCatalog(mlContext);
    }
}
