using System.Globalization;
using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace AutoGraph;

/// <summary>Step 2: turns vectors into latent-factor codes by the <see cref="Quantizer"/> that the options name (paper §3.2.2, Table 5).</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Column</term><description>Type</description></listheader>
/// <item><term>Input</term><description>Known-size vector of <see cref="float"/>, finite, the same width in every row.</description></item>
/// <item><term>Output</term><description>Vector of keys, one slot per level; key = code + 1, <c>KeyValues</c> and <c>SlotNames</c> annotated.</description></item>
/// <item><term>Output + "Quantized"</term><description>Vector of <see cref="float"/>: the sum of the chosen code vectors.</description></item>
/// </list>
/// Health figures and warnings go to <c>mlContext.Log</c> and stay on the transformer.
/// </remarks>
public sealed class ResidualQuantizerEstimator : IEstimator<ResidualQuantizerTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly string _output;
    private readonly string _input;
    private readonly ResidualQuantizerOptions _options;

    internal ResidualQuantizerEstimator(IHostEnvironment environment, string output, string input, ResidualQuantizerOptions options)
    {
        options.Validate();     // here, not in Fit: in a pipeline the step before may have asked a language model by then
        (_environment, _output, _input, _options) = (environment, output, input, options);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The input column is missing or no vector of floats.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ColumnKind.Vector.Require(inputSchema, _input, "the vectors to quantize");
        return SchemaTools.Add(inputSchema, ResidualQuantizerTransformer.Columns(_output, _options.Levels, _options.CodebookSize, _options.Dimension));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The table is empty, or a vector is missing, of another width or not finite; the message names the row.</exception>
    public ResidualQuantizerTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var vectors = VectorTable.Read(input, _input);
        NativeRuntime.Require();
        var quantizer = ResidualVectorQuantizer.Fit(vectors.Values, vectors.Width, _options with { Progress = new LoggedProgress(_environment, "ResidualQuantizer", _options.Progress) }, _environment.SeedFor(_options.Seed), _environment.Device());
        _environment.Log("ResidualQuantizer", Describe(vectors.Count, quantizer), quantizer.Warnings.Select(warning => $"'{_output}': {warning}"));
        return new ResidualQuantizerTransformer(_output, _input, quantizer);
    }

    private IEnumerable<string> Describe(int rows, ResidualVectorQuantizer quantizer)
    {
        yield return string.Create(CultureInfo.InvariantCulture,
            $"'{_output}': {rows} vectors of {quantizer.InputDimension} values by {quantizer.Quantizer} in levels of {string.Join(", ", quantizer.LevelSizes)} codes.");
        foreach (string line in quantizer.Health.ToString().Split('\n')) yield return $"'{_output}' {line}.";
        if (quantizer.CodebookSize < _options.CodebookSize)
            yield return $"'{_output}': {quantizer.CodebookSize} codes per level instead of {_options.CodebookSize}, since the table has only {rows} rows.";
    }
}
