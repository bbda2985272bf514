using AutoGraph.Core.Interactions;
using AutoGraph.Datasets;
using Xunit;

namespace AutoGraph.Managed.Tests.Datasets;

/// <summary>The counts that the READMEs of Amazon Beauty, Book-Crossing, Last.fm and the texts of MovieLens-100K give.</summary>
public sealed class SparseDataCheckValuesTests
{
    [Fact]
    public void AmazonBeauty_HasTheRecordedCounts()
    {
        var data = AmazonReviews.Read(SharedData.Folder("amazon-beauty"));
        Assert.Equal((22_363, 12_101, 198_502), (data.Users.Count, data.Items.Count, data.Ratings.Count));
        Assert.Equal(("B0001ZYL3Q", "TheraNeem Cream - Original Organix South 2 oz Cream  Vanilla"), (data.Items[8619].Id, data.Items[8619].Title));   // over two lines in the file
        Assert.Equal(7, data.Items.Count(item => item.Title.Length == 0));
        var table = data.Positives().Interactions;
        Assert.Equal((22_363, 12_101, 198_502), (table.Users.Count, table.Items.Count, table.Count));
        var split = LeaveOneOut.Split(table, minHistory: 1);
        Assert.Equal((22_363, 22_363), (split.Test.Count, split.Validation.Count));
        Assert.Equal(data.Items[9129].Id, table.Items[table.ItemOf[split.Test[0]]]);   // the last item of the first line
    }

    [Fact]
    public void BookCrossing_HasTheRecordedCounts()
    {
        var data = BookCrossing.Read(SharedData.Folder("book-crossing"));
        var without = data.Users.Skip(48_299).Select(user => user.Id).ToHashSet(StringComparer.Ordinal);
        Assert.Equal((230_936, 27_109, 51_759), (data.Ratings.Count, data.Items.Count, data.Ratings.Select(rating => rating.UserId).Distinct().Count()));
        Assert.Equal(3_627, data.Ratings.Count(rating => without.Contains(rating.UserId)));   // 98.4 % of the ratings have a user row
        Assert.DoesNotContain(data.Users, user => user.Country.Contains('"', StringComparison.Ordinal) || user.Country.StartsWith(' '));
        var table = data.Positives().Interactions;
        Assert.Equal((198_175, 46_881, 27_025), (table.Count, table.Users.Count, table.Items.Count));
        var histories = new UserHistories(table);
        int[] counts = [.. Enumerable.Range(0, 46_881).Select(user => histories.ItemsOf(user).Length).Where(count => count >= 8)];
        Assert.Equal((4_599, 100_151), (counts.Length, counts.Sum(count => count - 5)));
    }

    [Fact]
    public void LastFm_HasTheRecordedCounts()
    {
        string folder = SharedData.Folder("lastfm-hetrec2011");
        var all = LastFm.Read(folder);
        Assert.Equal((1_892, 17_632, 92_834), (all.Users.Count, all.Items.Count, all.Ratings.Count));
        Assert.Contains(all.Items, artist => artist.Name == "Sigur Rós");

        var data = LastFm.ReadWithTexts(folder);
        Assert.Equal((1_859, 2_813, 71_294), (data.Users.Count, data.Items.Count, data.Ratings.Count));
        Assert.Equal((57_786, 13_508), (data.Ratings.Count(rating => rating.Timestamp == 0), data.Ratings.Count(rating => rating.Timestamp == 1)));
        var items = KnowledgeFile.Read(Path.Combine(folder, "llm_colakg", "llm_response_item.json")).Texts;
        var users = KnowledgeFile.Read(Path.Combine(folder, "llm_colakg", "llm_response_user.json")).Texts;
        Assert.Equal((1_859, 2_813), (data.Users.Count(user => users.ContainsKey(user.Id)), data.Items.Count(artist => items.ContainsKey(artist.Id))));
        Assert.Equal(2_810, data.Items.Count(artist => items[artist.Id].Contains(artist.Name, StringComparison.OrdinalIgnoreCase)));   // names and texts belong together
    }

    [Fact]
    public void MovieLens100K_HasTextsOnBothSides()
    {
        string folder = SharedData.Folder("ml-100k");
        var positives = MovieLens.Read(folder).Positives();
        var items = KnowledgeFile.Read(Path.Combine(folder, "text", "llm_items.jsonl")).Texts;
        var users = KnowledgeFile.Read(Path.Combine(folder, "text", "llm_users.jsonl")).Texts;
        Assert.Equal((942, 1_682), (users.Count, items.Count));
        Assert.All(positives.Users, user => Assert.True(users.ContainsKey(user.Id)));
        Assert.All(positives.Items, item => Assert.True(items.ContainsKey(item.Id)));
    }
}
