using AutoGraph.Core.Features;
using Xunit;

namespace AutoGraph.Managed.Tests.Features;

public sealed class SemanticFieldTests
{
    [Fact]
    public void Scaled_ThreeRows_CentredWithRmsNormThree()
    {
        // mean (1, 2); centred (-1, 0), (1, 0), (0, 0): mean squared norm 2/3, so the factor is 3·√(3/2)
        var field = SemanticField.Scaled("Semantics", [0, 2, 2, 2, 1, 2], 2);
        float x = (float)(3 * Math.Sqrt(1.5));
        Assert.Equal([-x, 0, x, 0, 0, 0], field.Values);
        Assert.Equal((3, 2, "Semantics"), (field.RowCount, field.Width, field.Name));
    }

    [Theory]
    [InlineData(1e-3f)]
    [InlineData(100f)]
    public void Scaled_VectorsOfAnotherScale_SameValues(float scale)
    {
        float[] vectors = [.. Enumerable.Range(0, 40).Select(i => MathF.Sin(i * i))];
        var expected = SemanticField.Scaled("v", vectors, 4).Values;
        var actual = SemanticField.Scaled("v", Array.ConvertAll(vectors, v => scale * v), 4).Values;
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 4);
    }

    [Fact]
    public void Scaled_IdenticalVectors_Zeros() => Assert.Equal([0, 0, 0, 0], SemanticField.Scaled("v", [1, 2, 1, 2], 2).Values);

    [Theory]
    [InlineData(.1f, 6)]
    [InlineData(.1f, 7)]
    [InlineData(-.7f, 10)]
    [InlineData(1e30f, 1001)]
    public void Scaled_OneVectorManyTimes_ZerosAndAFactorOfZero(float value, int rows)
    {
        var field = SemanticField.Scaled("v", [.. Enumerable.Repeat(value, rows)], 1);
        Assert.All(field.Values, scaled => Assert.Equal(0, scaled));
        Assert.Equal(0, field.Scale!.Factor);
        Assert.Equal([0], field.Scale.Apply([value + 1]));
    }

    [Theory, InlineData(float.NaN), InlineData(float.PositiveInfinity)]
    public void Scaled_NotFinite_NamesTheRow(float value) =>
        Assert.Contains($"found {value} in row 1", Assert.Throws<ArgumentException>(() => SemanticField.Scaled("v", [1, 2, 3, value], 2)).Message, StringComparison.Ordinal);

    [Fact]
    public void Scaled_NoWholeRows_SaysWhatWasExpectedAndFound()
    {
        Assert.Contains("Expected rows of 2 values, found 3 values", Assert.Throws<ArgumentException>(() => SemanticField.Scaled("v", [1, 2, 3], 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SemanticField.Scaled("v", [], 2));
    }

    [Fact]
    public void ApplyAndUndo_HandComputed()
    {
        var scale = new SemanticScale([1, -2, 0], 4);
        Assert.Equal([0, 12, -2], scale.Apply([1, 1, -.5f]));
        Assert.Equal([1, 1, -.5f], scale.Undo([0, 12, -2]));
        Assert.Equal([7, 8], new SemanticScale([7, 8], 0).Undo([0, 0]));       // identical vectors had no scale
    }

    [Fact]
    public void Scale_OfAField_TurnsItsVectorsIntoItsValues()
    {
        var field = SemanticField.Scaled("v", [0, 2, 2, 2, 1, 5], 2);
        float[] applied = [.. field.Scale!.Apply([0, 2]), .. field.Scale.Apply([2, 2]), .. field.Scale.Apply([1, 5])];
        for (int i = 0; i < 6; i++) Assert.Equal(field.Values[i], applied[i], 1e-6f);
    }

    [Fact]
    public void Apply_AnotherWidthOrNotFinite_SaysWhatWasFound()
    {
        var scale = new SemanticScale([1, 2], 1);
        Assert.Contains("Expected a vector of 2 values, as those fitted, found 3", Assert.Throws<ArgumentException>(() => scale.Apply([1, 2, 3])).Message, StringComparison.Ordinal);
        Assert.Contains("Expected a vector of 2 values, as those fitted, found 1", Assert.Throws<ArgumentException>(() => scale.Apply([1])).Message, StringComparison.Ordinal);
        Assert.Contains("found NaN in slot 1", Assert.Throws<ArgumentException>(() => scale.Apply([1, float.NaN])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => SemanticField.Scaled("v", [1], 0));
    }
}
