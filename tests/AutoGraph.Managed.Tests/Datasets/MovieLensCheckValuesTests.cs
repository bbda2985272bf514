using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Interactions;
using AutoGraph.Datasets;
using Xunit;

namespace AutoGraph.Managed.Tests.Datasets;

/// <summary>The counts that method.md §1 and the READMEs of the data give for the real data sets.</summary>
public sealed class MovieLensCheckValuesTests
{
    [Fact]
    public void MovieLens1M_HasThePapersCounts()
    {
        var data = MovieLens.Read(SharedData.Folder("ml-1m"));
        Assert.Equal((1_000_209, 6_040, 3_883), (data.Ratings.Count, data.Users.Count, data.Items.Count));
        Assert.Equal(new RatingRow("1", "1193", 5, 978824235), data.Ratings[0]);   // true order, some seconds are surrogates

        var positives = data.Positives();
        Assert.Equal((6_038, 3_533, 575_281), (positives.Users.Count, positives.Items.Count, positives.Interactions.Count));
        Assert.Equal((2, 7, 21, 3_438), (
            Distinct(positives.Users, user => user.Gender), Distinct(positives.Users, user => user.Age),
            Distinct(positives.Users, user => user.Occupation), Distinct(positives.Users, user => user.Zip)));
        Assert.Equal((3_533, 18), (Distinct(positives.Items, item => item.Title), positives.Items.SelectMany(item => item.Genres).Distinct().Count()));
        Assert.All(data.Items, item => Assert.InRange(item.Year!.Value, 1900, 2000));
        Assert.Contains(data.Items, item => item.Title == "Misérables, Les (1995)");

        var split = LeaveOneOut.Split(positives.Interactions);
        Assert.Equal((6_028, 6_016, 545_102), (split.Test.Count, split.Validation.Count, split.Samples));
        Assert.Equal(575_281 - 6_028 - 6_016, split.Train.Count);

        var queries = HeldOutRows.ToQueries(positives.Interactions, split.Test);
        var histories = new UserHistories(positives.Interactions);
        for (int query = 0; query < queries.Count; query++)
            Assert.Equal(histories.ItemsOf(queries.Users[query])[..^1].ToArray(), queries.HistoryOf(query).ToArray());
    }

    [Fact]
    public void MovieLens100K_HasTheRecordedCounts()
    {
        var data = MovieLens.Read(SharedData.Folder("ml-100k"));
        Assert.Equal((100_000, 943, 1_682), (data.Ratings.Count, data.Users.Count, data.Items.Count));
        Assert.Equal(new RatingRow("196", "242", 3, 881250949), data.Ratings[0]);

        var positives = data.Positives();
        Assert.Equal((942, 1_447, 55_375), (positives.Users.Count, positives.Items.Count, positives.Interactions.Count));
        Assert.Equal(50_671, LeaveOneOut.Split(positives.Interactions).Samples);
        Assert.Single(data.Items, item => item.Year is null);   // film 267 is called "unknown"
        Assert.Equal(19, data.Items.SelectMany(item => item.Genres).Distinct().Count());
    }

    private static int Distinct<T, TValue>(IReadOnlyList<T> rows, Func<T, TValue> value) => rows.Select(value).Distinct().Count();
}
