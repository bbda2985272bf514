using AutoGraph.Core.Codes;
using AutoGraph.Core.Features;

namespace AutoGraph.Torch.Enhancements;

/// <summary>UIST: the codes of all levels as categorical fields.</summary>
internal static class CodeFields
{
    /// <summary>How the names of the fields begin.</summary>
    public const string Prefix = "(code ";

    /// <summary>One field per level.</summary>
    public static IEnumerable<FeatureField> Of(CodeTable codes) => Enumerable.Range(0, codes.Levels).Select(level => new CategoricalField(
        $"{Prefix}{level + 1})", [.. Enumerable.Range(0, codes.Count).Select(row => codes.Row(row)[level])], codes.CodebookSize));
}
