using AutoGraph.Core.Interpretation;
using Microsoft.ML;

namespace AutoGraph;

public sealed partial class AutoGraphCatalog
{
    /// <summary>
    /// Describes the factors that a quantizer found in a table: per level and code its most typical rows, and the tags or words that
    /// they have more often than all other rows. <see cref="Semantics.Interpretation.FactorNaming"/> lets a language model name them.
    /// </summary>
    /// <param name="model">A fitted <see cref="ResidualQuantizerTransformer"/>, or a chain with one, such as <see cref="MetapathGraphTransformer.ItemPipeline"/>.</param>
    /// <param name="table">The table of users or items, with the columns that the model needs.</param>
    /// <param name="labelColumnName">What people call the rows: text, a key or a whole number, such as a title.</param>
    /// <param name="termColumnName">Tags (a vector of text or keys) or a text, whose words serve without function words; null: no terms are listed.</param>
    /// <param name="options">How much is told; null for the defaults.</param>
    /// <returns>One profile per factor in use, by level, then by code; printing one gives three lines.</returns>
    /// <exception cref="ArgumentException">There is no quantizer in the model, a column is missing or of a wrong type, the table is empty, or an option is out of range.</exception>
    public IReadOnlyList<FactorProfile> DescribeFactors(ITransformer model, IDataView table, string labelColumnName, string? termColumnName = null, FactorProfileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        options ??= new();
        options.Validate();
        var quantizer = TransformerSearch.Flatten(model).OfType<ResidualQuantizerTransformer>().LastOrDefault()
            ?? throw new ArgumentException("Expected a model with a ResidualQuantizer, found none. Give the pipeline that makes the codes, such as MetapathGraphTransformer.ItemPipeline.", nameof(model));
        var rows = FactorRows.Read(model.Transform(table), quantizer.InputColumn, labelColumnName, termColumnName);
        return FactorProfiles.Of(quantizer.CodesOf(rows.Vectors, out float[] residuals), residuals, rows.Labels, rows.Terms, options);
    }
}
