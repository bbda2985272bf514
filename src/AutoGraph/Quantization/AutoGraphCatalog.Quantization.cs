namespace AutoGraph;

public sealed partial class AutoGraphCatalog
{
    /// <summary>Step 2: turns vectors into latent-factor codes; see <see cref="ResidualQuantizerEstimator"/> for the columns.</summary>
    /// <param name="outputColumnName">Name of the column of codes; "…Quantized" holds the quantized vectors.</param>
    /// <param name="inputColumnName">Name of the column of vectors.</param>
    /// <param name="options">Options; null: the defaults (3 levels of 256 codes).</param>
    /// <exception cref="ArgumentException">Options are out of range; all of them are listed.</exception>
    public ResidualQuantizerEstimator ResidualQuantizer(string outputColumnName, string inputColumnName, ResidualQuantizerOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        ArgumentException.ThrowIfNullOrEmpty(inputColumnName);
        return new ResidualQuantizerEstimator(Environment, outputColumnName, inputColumnName, options ?? new ResidualQuantizerOptions());
    }
}
