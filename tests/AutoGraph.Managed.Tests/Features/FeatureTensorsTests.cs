using AutoGraph.Core.Features;
using AutoGraph.Core.Persistence;
using Xunit;

namespace AutoGraph.Managed.Tests.Features;

public sealed class FeatureTensorsTests
{
    [Fact]
    public void Load_WhatSaveWrote_IsTheSameTable()
    {
        var file = new TensorDictionary();
        FeatureTensors.Save(FeatureExamples.Table, file, "users/");
        FeatureTensors.Save(new FeatureTable(1, [new DenseField("Other", [1], 1)]), file, "items/");
        Assert.Equal(FeatureExamples.Texts(FeatureExamples.Table), FeatureExamples.Texts(FeatureTensors.Load(file, "users/")));
        Assert.Equal(["1 rows", "Other: 1 by 1"], FeatureExamples.Texts(FeatureTensors.Load(file, "items/")));
    }

    /// <summary>Saved models depend on these names.</summary>
    [Fact]
    public void Save_EveryKind_UsesTheNamesOfTheFormat()
    {
        var file = new TensorDictionary();
        FeatureTensors.Save(FeatureExamples.Table, file, "f/");
        Assert.Equal(
            ["f/rows", "f/0/categorical/Genre", "f/0/cardinality", "f/1/multi/Tags", "f/1/offsets", "f/1/cardinality", "f/2/dense/Price", "f/3/semantic/Plot/Knowledge", "f/3/mean", "f/3/factor", "f/4/semantic/Old"],
            file.Names);
        Assert.Equal([3, 5], file.Ints("f/rows", 2));
        Assert.Equal([3, 2], file.ShapeOf("f/2/dense/Price"));
    }

    [Fact]
    public void Load_FeatureMissing_SaysWhichAndWhere()
    {
        var file = new TensorDictionary();
        file.Add("f/rows", [1, 1], 2);
        file.Add("f/0/unheard-of/Genre", [0], 1);
        Assert.Contains("Expected feature 0 under 'f/0/', found none", Assert.Throws<InvalidDataException>(() => FeatureTensors.Load(file, "f/")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Load_Category_IsOneOfTheCardinalityOrUnknown(int id, bool accepted)
    {
        var file = new TensorDictionary();
        file.Add("rows", [2, 1], 2);
        file.Add("0/categorical/Genre", [0, id], 2);
        file.Add("0/cardinality", [3], 1);
        if (accepted) Assert.Equal(["2 rows", $"Genre: 0 {id} of 3"], FeatureExamples.Texts(FeatureTensors.Load(file, "")));
        else Assert.Contains("'0/categorical/Genre': Expected categories from -1 to 2", Assert.Throws<InvalidDataException>(() => FeatureTensors.Load(file, "")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 0, 1, 2 }, new[] { 0, 1 }, null)]
    [InlineData(new[] { 0, 0, 2 }, new[] { 0, 1 }, null)]
    [InlineData(new[] { 0, 1, 2 }, new[] { 0, -1 }, "categories from 0 to 1")]
    [InlineData(new[] { 0, 1, 2 }, new[] { 0, 2 }, "categories from 0 to 1")]
    [InlineData(new[] { 1, 1, 2 }, new[] { 0, 1 }, "rising offsets from 0 to 2")]
    [InlineData(new[] { 0, 3, 2 }, new[] { 0, 1 }, "rising offsets from 0 to 2")]
    [InlineData(new[] { 0, 1, 1 }, new[] { 0, 1 }, "rising offsets from 0 to 2")]
    [InlineData(new[] { 0, 1, 3 }, new[] { 0, 1 }, "rising offsets from 0 to 2")]
    public void Load_ManyCategories_AreKnownAndBetweenRisingOffsets(int[] offsets, int[] ids, string? expected)
    {
        var file = new TensorDictionary();
        file.Add("rows", [2, 1], 2);
        file.Add("0/multi/Tags", ids, ids.Length);
        file.Add("0/offsets", offsets, offsets.Length);
        file.Add("0/cardinality", [2], 1);
        if (expected is null) Assert.Equal(offsets, Assert.IsType<MultiCategoricalField>(FeatureTensors.Load(file, "").Fields[0]).Offsets);
        else Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => FeatureTensors.Load(file, "")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoRowsButCategories_IsRefused()
    {
        var file = new TensorDictionary();
        file.Add("rows", [0, 1], 2);
        file.Add("0/multi/Tags", [0], 1);
        file.Add("0/offsets", [0], 1);
        file.Add("0/cardinality", [2], 1);
        Assert.Throws<InvalidDataException>(() => FeatureTensors.Load(file, ""));
    }
}
