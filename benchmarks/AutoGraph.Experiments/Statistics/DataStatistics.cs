using AutoGraph.Core.Features;
using AutoGraph.Core.Interactions;
using MathNet.Numerics.Statistics;

namespace AutoGraph.Experiments;

/// <summary>The size of a data set as the experiments see it (paper Table 1).</summary>
/// <param name="Dataset">Its name.</param>
/// <param name="Users">Users with a positive.</param>
/// <param name="Items">Items with a positive.</param>
/// <param name="Interactions">Positives.</param>
/// <param name="Samples">Positives with enough earlier ones of their user.</param>
/// <param name="MinHistory">How many are enough.</param>
/// <param name="Validation">Rows for validation.</param>
/// <param name="Test">Rows for the test.</param>
/// <param name="UserFeatures">Categories of all fields of users, the id among them.</param>
/// <param name="UserFields">Fields of users.</param>
/// <param name="ItemFeatures">Categories of all fields of items, the id among them.</param>
/// <param name="ItemFields">Fields of items.</param>
/// <param name="MedianPerUser">Median of a user's positives.</param>
/// <param name="MedianPerItem">Median of an item's positives.</param>
internal sealed record DataStatistics(
    string Dataset, int Users, int Items, int Interactions, int Samples, int MinHistory, int Validation, int Test,
    int UserFeatures, int UserFields, int ItemFeatures, int ItemFields, double MedianPerUser, double MedianPerItem)
{
    public static DataStatistics Of(ExperimentData data)
    {
        var (all, split) = (data.All, data.Split);
        return new(data.Name, all.Users.Count, all.Items.Count, all.Count, split.Samples, data.MinHistory, split.Validation.Count, split.Test.Count,
            Features(data.UserFeatures), data.UserFeatures.Fields.Count + 1, Features(data.ItemFeatures), data.ItemFeatures.Fields.Count + 1,
            Median(all.UserOf, all.Users), Median(all.ItemOf, all.Items));
    }

    private static int Features(FeatureTable table) => table.RowCount + table.Fields.Sum(field => field switch
    {
        CategoricalField one => one.Cardinality,
        MultiCategoricalField several => several.Cardinality,
        _ => 0,
    });

    private static double Median(ReadOnlySpan<int> entities, EntityIndex index)
    {
        var counts = new double[index.Count];
        foreach (int entity in entities) counts[entity]++;
        return counts.Median();
    }
}
