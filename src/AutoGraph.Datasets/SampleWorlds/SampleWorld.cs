namespace AutoGraph.Datasets;

/// <summary>
/// A simulated book shop: books and readers with written knowledge, and interactions that follow a planted model. It needs no file, and
/// because its truth is known it serves as a test oracle. Nothing measured on it says anything about real readers.
/// </summary>
/// <remarks>
/// <para>Books have aspects (genre, two themes, setting, mood, pace, era, style); a text names them. Readers have tastes over aspects: a
/// mixture of two of twelve circles of taste and likings of their own; a text names the best liked ones. A choice has probability
/// ∝ exp(strength · affinity + popularity), a tenth of them popularity alone. Half of the readers have 5 to 8 interactions, the rest a
/// Pareto tail; some books arrive late. Title, year, price, country and occupation are unrelated to taste; the author tells part of the
/// genre and style. Details: docs/sample-world.md. Immutable; safe for concurrent use.</para>
/// </remarks>
public sealed class SampleWorld
{
    private SampleWorld(SampleWorldOptions options, RatingsDataSet<SampleReader, SampleBook> data, SampleWorldTruth truth) => (Options, Data, Truth) = (options, data, truth);

    /// <summary>The options it was made with.</summary>
    public SampleWorldOptions Options { get; }

    /// <summary>The simulated data set: one row of rating 1 per interaction (all are positive), ordered by time, each reader's times strictly increasing.</summary>
    public RatingsDataSet<SampleReader, SampleBook> Data { get; }

    /// <summary>The planted model.</summary>
    public SampleWorldTruth Truth { get; }

    /// <summary>Generates a world; the same options give the same world everywhere.</summary>
    /// <param name="options">Size, seed and strengths; null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are out of range; the message lists all of them.</exception>
    public static SampleWorld Create(SampleWorldOptions? options = null)
    {
        options ??= new();
        options.Validate();
        SampleRandom Stream(int number) => new(options.Seed, number);
        var shelf = SampleShelf.Create(options.Books, Stream(1), Stream(2));
        var audience = SampleAudience.Create(options.Readers, Stream(3), Stream(4));
        var popularityRandom = Stream(5);
        double[] popularity = [.. shelf.Books.Select(_ => popularityRandom.Normal())];
        var truth = new SampleWorldTruth(options, shelf, audience, popularity);
        var interactions = SampleChoices.Create(options, truth, Stream(6));

        var (readers, books) = (audience.Readers, shelf.Books);
        if (options.ShuffleTexts)
        {
            var (readerOrder, bookOrder) = (Stream(7).Derangement(readers.Length), Stream(8).Derangement(books.Length));
            readers = [.. readers.Select((reader, i) => reader with { Knowledge = audience.Readers[readerOrder[i]].Knowledge })];
            books = [.. books.Select((book, i) => book with { Knowledge = shelf.Books[bookOrder[i]].Knowledge })];
        }
        string name = options.ShuffleTexts ? "sample-world (simulated, texts shuffled)" : "sample-world (simulated)";
        return new SampleWorld(options, new(name, positiveAbove: 0, interactions, readers, books), truth);
    }
}
