using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AutoGraph.Core.Interactions;
using AutoGraph.Datasets;
using Xunit;

namespace AutoGraph.Managed.Tests.Datasets;

public sealed class SampleWorldTests
{
    private static readonly SampleWorld World = SampleWorld.Create();

    [Fact]
    public void Create_SameOptions_GivesThePinnedWorld()
    {
        Assert.Equal(Hash(World), Hash(SampleWorld.Create(new() { Seed = 42 })));
        Assert.Equal("00879ED48D5F0FF2D4E55196C4692E31F7475AD8593A3206D9E9B0BBB792A2E1", Hash(World));
    }

    [Fact]
    public void Create_OtherSeed_GivesAnotherWorld() => Assert.NotEqual(Hash(World), Hash(SampleWorld.Create(new() { Seed = 43 })));

    [Fact]
    public void Create_OtherCulture_GivesTheSameWorld()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            var odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (odd.NumberFormat.NumberDecimalSeparator, odd.NumberFormat.NegativeSign) = (",", "~");
            CultureInfo.CurrentCulture = odd;
            Assert.Equal(Hash(World), Hash(SampleWorld.Create()));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void Name_SaysThatItIsSimulated()
    {
        Assert.Contains("simulated", World.Data.Name, StringComparison.Ordinal);
        Assert.Contains("simulated", SampleWorld.Create(new() { ShuffleTexts = true }).Data.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_HaveTheDocumentedSizes()
    {
        Assert.Equal((600, 400), (World.Data.Users.Count, World.Data.Items.Count));
        Assert.InRange(World.Data.Ratings.Count, 12_000, 18_000);
        var counts = World.Data.Ratings.CountBy(row => row.UserId).Select(pair => pair.Value).ToArray();
        Assert.Equal(600, counts.Length);                                       // everybody has interactions
        Assert.Equal(5, counts.Min());
        Assert.InRange(counts.Count(count => count <= 8), 250, 350);            // half of them are sparse
        Assert.InRange(counts.Max(), 80, 106);                                  // at most a third of the 320 books there from the start
        Assert.Equal(400, World.Data.Items.Select(book => book.Title).Distinct().Count());
        Assert.Equal(World.Data.Ratings.Count, World.Data.Positives().Interactions.Count);
    }

    [Fact]
    public void Popularity_HasALongTail()
    {
        int[] counts = [.. World.Data.Ratings.CountBy(row => row.ItemId).Select(pair => pair.Value).OrderDescending()];
        Assert.True(counts.Take(40).Sum() > 0.25 * World.Data.Ratings.Count, "The most popular tenth has over a quarter.");
        Assert.True(counts.Count(count => count <= 10) + 400 - counts.Length >= 40, "A tenth of the books has few readers.");
    }

    [Fact]
    public void Interactions_AreOrderedByTimeAndNobodyReadsTwice()
    {
        var rows = World.Data.Ratings;
        for (int row = 1; row < rows.Count; row++) Assert.True(rows[row - 1].Timestamp <= rows[row].Timestamp);
        foreach (var own in rows.GroupBy(row => row.UserId))
        {
            Assert.Equal(own.Count(), own.Select(row => row.ItemId).Distinct().Count());
            Assert.Equal(own.Count(), own.Select(row => row.Timestamp).Distinct().Count());
        }
        Assert.All(rows, row => Assert.Equal(1, row.Rating));
    }

    [Fact]
    public void Split_LeavesTestRowsForNearlyAllReaders()
    {
        var split = LeaveOneOut.Split(World.Data.Positives().Interactions);
        Assert.InRange(split.Test.Count, 450, 600);
        Assert.Equal(600, split.Test.Count + World.Data.Ratings.CountBy(row => row.UserId).Count(pair => pair.Value == 5));
    }

    [Fact]
    public void Create_LargerAndSmallerWorlds_Work()
    {
        var small = SampleWorld.Create(new() { Readers = 10, Books = 50, NewBooks = 0.5, SparseReaders = 1 });
        Assert.All(small.Data.Ratings.CountBy(row => row.UserId), pair => Assert.InRange(pair.Value, 5, 8));
        var large = SampleWorld.Create(new() { Readers = 20, Books = 2_500 });
        Assert.Equal(2_500, large.Data.Items.Select(book => book.Title).Distinct().Count());
        Assert.Equal(500, large.Data.Items.Select(book => book.Author).Distinct().Count(), tolerance: 120);
    }

    [Fact]
    public void Create_OptionsOutOfRange_ListsAllOfThem()
    {
        var error = Assert.Throws<ArgumentException>(() => SampleWorld.Create(new() { Readers = 3, GiftRate = 2, AffinityStrength = double.NaN }));
        Assert.Contains("Readers from 10 to 100000, found 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("GiftRate from 0 to 1, found 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("AffinityStrength", error.Message, StringComparison.Ordinal);
    }

    private static string Hash(SampleWorld world)
    {
        var all = new StringBuilder();
        foreach (var b in world.Data.Items) all.Append(CultureInfo.InvariantCulture, $"{b.Id}|{b.Title}|{b.Author}|{b.Genre}|{b.Year}|{b.Price}|{b.Knowledge}\n");
        foreach (var r in world.Data.Users) all.Append(CultureInfo.InvariantCulture, $"{r.Id}|{r.AgeGroup}|{r.Country}|{r.Occupation}|{r.Knowledge}\n");
        foreach (var i in world.Data.Ratings) all.Append(CultureInfo.InvariantCulture, $"{i.UserId}|{i.ItemId}|{i.Rating}|{i.Timestamp}\n");
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())));
    }
}
