using AutoGraph.Core.Features;
using Xunit;

namespace AutoGraph.Managed.Tests.Features;

public sealed class FeatureTableTests
{
    public static TheoryData<FeatureField, string> Broken => new()
    {
        { new CategoricalField("Genre", [0, 3], 3), "from -1 to 2 in feature 'Genre', found 3 at position 1" },
        { new CategoricalField("Genre", [-2, 0], 3), "found -2 at position 0" },
        { new MultiCategoricalField("Tags", [0, 1, 2], [0, 2], 2), "from 0 to 1 in feature 'Tags', found 2" },
        { new MultiCategoricalField("Tags", [0, 1, 1], [0, 1], 2), "rising offsets from 0 to 2 in feature 'Tags'" },
        { new MultiCategoricalField("Tags", [0, 2, 1], [0], 2), "rising offsets from 0 to 1" },
        { new DenseField("Price", [1, float.NaN], 1), "finite values in feature 'Price', found NaN in row 1" },
        { new DenseField("Price", [1, 2, 3], 2), "found 3 values in rows of 2" },
        { new DenseField("Price", [], 0), "in rows of 0" },
        { new SemanticField("Plot", [1, 2, 3, float.NegativeInfinity], 2), "in feature 'Plot', found -\u221e in row 1" },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Table_FieldThatBreaksItsContract_NamesFieldAndPlace(FeatureField field, string expected)
    {
        string found = Assert.Throws<ArgumentException>(() => new FeatureTable(2, [field])).Message;
        Assert.Contains(expected.Replace("-\u221e", $"{float.NegativeInfinity}", StringComparison.Ordinal), found, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_FieldsAsPromised_AreTaken() => Assert.Equal(5, FeatureExamples.Table.Fields.Count);
}
