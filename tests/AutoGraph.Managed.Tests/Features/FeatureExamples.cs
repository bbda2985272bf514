using AutoGraph.Core.Features;

namespace AutoGraph.Managed.Tests.Features;

/// <summary>Three rows of a feature of each kind, and fields as text to compare.</summary>
internal static class FeatureExamples
{
    public static FeatureTable Table => new(3,
    [
        new CategoricalField("Genre", [2, -1, 0], 3),
        new MultiCategoricalField("Tags", [0, 2, 2, 3], [1, 3, 0], 4),
        new DenseField("Price", [1, 2, 3, 4, 5, 6], 2),
        new SemanticField("Plot/Knowledge", [.5f, 1, -.5f, -1, 0, .25f], 2) { Scale = new([7, 8], 2) },
        new SemanticField("Old", [9, 8, 7], 1),
    ]);

    public static string[] Texts(FeatureTable table) => [$"{table.RowCount} rows", .. table.Fields.Select(Text)];

    private static string Text(FeatureField field) => field.Name + field switch
    {
        CategoricalField f => FormattableString.Invariant($": {string.Join(' ', f.Ids)} of {f.Cardinality}"),
        MultiCategoricalField f => FormattableString.Invariant($": {string.Join(' ', f.Ids)} at {string.Join(' ', f.Offsets)} of {f.Cardinality}"),
        DenseField f => $": {Numbers(f.Values)} by {f.Width}",
        SemanticField f => $": {Numbers(f.Values)} by {f.Width}" + (f.Scale is null ? "" : $", mean {Numbers(f.Scale.Mean)}, factor {Numbers([f.Scale.Factor])}"),
        _ => throw new NotSupportedException(field.GetType().Name),
    };

    private static string Numbers(float[] values) => string.Join(' ', values.Select(value => FormattableString.Invariant($"{value}")));
}
