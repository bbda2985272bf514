using AutoGraph.Datasets;
using Xunit;

namespace AutoGraph.Managed.Tests.Datasets;

public sealed class SampleWorldTruthTests
{
    private static readonly SampleWorld World = SampleWorld.Create();
    private static readonly SampleWorldTruth Truth = World.Truth;

    [Fact]
    public void Affinity_IsTheStandardisedProductOfTasteAndAspects()
    {
        const int reader = 17;
        double[] raw = [.. Enumerable.Range(0, 400).Select(book => Truth.TasteOf(reader).ToArray().Zip(Truth.AspectsOf(book).ToArray(), (t, x) => t * x).Sum())];
        double mean = raw.Average(), deviation = Math.Sqrt(raw.Average(value => (value - mean) * (value - mean)));
        for (int book = 0; book < 400; book++) Assert.Equal((raw[book] - mean) / deviation, Truth.Affinity(reader, book), 1e-10);
        Assert.Equal(Truth.Affinity(reader, 3), Truth.Affinity("r018", "b004"));
    }

    [Fact]
    public void Affinity_UnknownId_NamesIt()
    {
        var error = Assert.Throws<ArgumentException>(() => Truth.Affinity("r001", "b999"));
        Assert.Contains("'b999'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Affinity_OfChosenBooks_IsFarAboveTheMean()
    {
        // The mean over all books is 0 for each reader, the deviation 1. For normal affinities the model promises 1.5 for a choice that
        // follows taste (nine tenths of them); less as a finite shelf's best books are used up.
        double[] perReader = [.. World.Data.Ratings.GroupBy(row => row.UserId).Select(own => own.Average(row => Truth.Affinity(row.UserId, row.ItemId)))];
        Assert.InRange(perReader.Average(), 0.9, 1.6);
        Assert.True(perReader.Count(mean => mean > 0) > 0.97 * perReader.Length);
    }

    [Fact]
    public void Choices_WithoutTasteAndPopularity_AreRandom()
    {
        var flat = SampleWorld.Create(new() { AffinityStrength = 0, PopularityStrength = 0 });
        Assert.InRange(flat.Data.Ratings.Average(row => flat.Truth.Affinity(row.UserId, row.ItemId)), -0.05, 0.05);
    }

    [Fact]
    public void Choices_OfPopularBooks_AreMoreFrequent() =>
        Assert.InRange(World.Data.Ratings.Average(row => Truth.PopularityOf(Truth.Books.PositionOf(row.ItemId))), 0.4, 1.2);

    [Fact]
    public void ChoiceProbabilities_SumToOneAndFollowTheFormula()
    {
        var probabilities = Truth.ChoiceProbabilities(5);
        Assert.Equal(1, probabilities.Sum(), 1e-12);
        double[] weights = [.. Enumerable.Range(0, 400).Select(book => Math.Exp(1.5 * Truth.Affinity(5, book) + 0.9 * Truth.PopularityOf(book)))];
        double[] gifts = [.. Enumerable.Range(0, 400).Select(book => Math.Exp(0.9 * Truth.PopularityOf(book)))];
        for (int book = 0; book < 400; book++)
            Assert.Equal(0.9 * weights[book] / weights.Sum() + 0.1 * gifts[book] / gifts.Sum(), probabilities[book], 1e-12);
    }

    [Fact]
    public void ClickProbability_FollowsTheFormula()
    {
        for (int book = 0; book < 400; book++)
            Assert.Equal(1 / (1 + Math.Exp(3 - 1.5 * Truth.Affinity(9, book) - 0.9 * Truth.PopularityOf(book))), Truth.ClickProbability(9, book), 1e-12);
    }

    [Fact]
    public void Prices_AreThoseOfTheBooks()
    {
        for (int book = 0; book < 400; book++)
        {
            Assert.Equal(World.Data.Items[book].Price, Truth.PriceOf(book));
            Assert.InRange(Truth.PriceOf(book), 7.99m, 29.99m);
        }
    }

    [Fact]
    public void BookTexts_MentionThePlantedAspectsAndNoOthers()
    {
        for (int book = 0; book < 400; book++)
        {
            string text = World.Data.Items[book].Knowledge;
            var planted = Enumerable.Range(0, Truth.AspectNames.Count).Where(aspect => Truth.AspectsOf(book)[aspect] != 0);
            var mentioned = Enumerable.Range(0, Truth.AspectNames.Count).Where(aspect => text.Contains(Key(aspect), StringComparison.Ordinal));
            Assert.Equal(planted, mentioned);
            Assert.Equal(World.Data.Items[book].Genre, Key(planted.First()));
            Assert.InRange(text.Split(' ').Length, 40, 80);
        }
    }

    [Fact]
    public void ReaderTexts_MentionTheBestLikedAspectOfEachKind()
    {
        for (int reader = 0; reader < 600; reader++)
        {
            string text = World.Data.Users[reader].Knowledge;
            double[] taste = Truth.TasteOf(reader).ToArray();
            foreach (var kind in Enumerable.Range(0, taste.Length).GroupBy(aspect => Truth.AspectNames[aspect].Split(": ")[0]))
                Assert.Contains(Key(kind.MaxBy(aspect => taste[aspect])), text, StringComparison.Ordinal);
            Assert.InRange(text.Split(' ').Length, 50, 90);
        }
    }

    [Fact]
    public void ShuffleTexts_MovesEveryTextAndNothingElse()
    {
        var shuffled = SampleWorld.Create(new() { ShuffleTexts = true });
        Assert.Equal(World.Data.Ratings, shuffled.Data.Ratings);
        Assert.Equal(World.Data.Items.Select(book => book with { Knowledge = "" }), shuffled.Data.Items.Select(book => book with { Knowledge = "" }));
        Assert.Equal(World.Data.Users.Select(reader => reader with { Knowledge = "" }), shuffled.Data.Users.Select(reader => reader with { Knowledge = "" }));
        AssertMoved([.. World.Data.Items.Select(book => book.Knowledge)], [.. shuffled.Data.Items.Select(book => book.Knowledge)]);
        AssertMoved([.. World.Data.Users.Select(reader => reader.Knowledge)], [.. shuffled.Data.Users.Select(reader => reader.Knowledge)]);
        for (int reader = 0; reader < 600; reader += 50) Assert.Equal(Truth.TasteOf(reader).ToArray(), shuffled.Truth.TasteOf(reader).ToArray());
    }

    [Fact]
    public void Genre_AloneExplainsLessThanHalfOfTheAffinity()
    {
        // Share of a reader's affinity variance (1) that lies between genres: what the genre field gives away.
        double between = Enumerable.Range(0, 600).Average(reader => Enumerable.Range(0, 400)
            .GroupBy(book => World.Data.Items[book].Genre)
            .Sum(own => own.Count() / 400.0 * Math.Pow(own.Average(book => Truth.Affinity(reader, book)), 2)));
        Assert.InRange(between, 0.1, 0.5);
    }

    [Fact]
    public void Words_SharedByReaderAndBookTexts_TellTheAffinityUnlessShuffled()
    {
        Assert.InRange(WordCorrelation(World), 0.3, 1);
        Assert.InRange(WordCorrelation(SampleWorld.Create(new() { ShuffleTexts = true })), -0.03, 0.03);
    }

    /// <summary>Mean over 120 readers of the correlation, over books, of true affinity and the rarity-weighted words that both texts contain.</summary>
    private static double WordCorrelation(SampleWorld world)
    {
        HashSet<string>[] books = [.. world.Data.Items.Select(book => Words(book.Knowledge))];
        var rarity = books.SelectMany(words => words).CountBy(word => word).ToDictionary(pair => pair.Key, pair => Math.Log(400.0 / pair.Value));
        return Enumerable.Range(0, 120).Average(reader =>
        {
            var own = Words(world.Data.Users[reader].Knowledge);
            double[] shared = [.. books.Select(book => book.Where(own.Contains).Sum(word => rarity[word]))];
            double mean = shared.Average(), deviation = Math.Sqrt(shared.Average(value => (value - mean) * (value - mean)));
            return shared.Select((value, book) => (value - mean) / deviation * world.Truth.Affinity(reader, book)).Average();   // affinity is standardised
        });
    }

    private static HashSet<string> Words(string text) => [.. text.Split([' ', '.', ',', ';'], StringSplitOptions.RemoveEmptyEntries)];

    private static void AssertMoved(string[] before, string[] after)
    {
        Assert.Equal(before.Order(StringComparer.Ordinal), after.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(before.Zip(after), pair => pair.First == pair.Second);
    }

    private static string Key(int aspect) => Truth.AspectNames[aspect].Split(": ")[1];
}
