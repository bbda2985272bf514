using AutoGraph.Core.Interactions;

namespace AutoGraph.Datasets;

/// <summary>
/// What no method may see: the planted model behind the simulated <see cref="SampleWorld"/>, as an oracle for tests and examples.
/// Readers and books are given by id, or by position in the world's tables.
/// </summary>
/// <remarks>
/// With x_b the aspect vector of book b (the family's weight, divided among the book's aspects of that family, at each aspect it has)
/// and t_r the taste of reader r, affinity(r, b) = (t_r·x_b − mean_b t_r·x_b) / deviation_b: mean 0 and deviation 1 over the books for
/// every reader. The log-weight of a choice is strength · affinity + popularity strength · popularity(b). Immutable; safe for concurrent use.
/// </remarks>
public sealed class SampleWorldTruth
{
    /// <summary>Log-odds of a click on a book of average fit and popularity: about 5 %.</summary>
    private const double ClickBias = -3;

    private readonly SampleWorldOptions _options;
    private readonly IReadOnlyList<SampleBook> _books;
    private readonly double[][] _aspects;
    private readonly double[][] _tastes;
    private readonly double[][] _affinities;
    private readonly double[] _popularity;

    internal SampleWorldTruth(SampleWorldOptions options, SampleShelf shelf, SampleAudience audience, double[] popularity)
    {
        (_options, _books, _tastes, _popularity) = (options, shelf.Books, audience.Tastes, popularity);
        _aspects = [.. shelf.Aspects.Select(Vector)];
        _affinities = [.. _tastes.Select(taste => Standardised([.. _aspects.Select(book => Dot(taste, book))]))];
        Readers = new EntityIndex(audience.Readers.Select(reader => reader.Id));
        Books = new EntityIndex(shelf.Books.Select(book => book.Id));
    }

    /// <summary>Ids of all readers by position.</summary>
    public EntityIndex Readers { get; }

    /// <summary>Ids of all books by position, those without a reader included.</summary>
    public EntityIndex Books { get; }

    /// <summary>"family: aspect" of each dimension of tastes and aspect vectors.</summary>
    public IReadOnlyList<string> AspectNames { get; } = SampleAspects.Names;

    /// <summary>A book's planted vector x_b; zero where it lacks the aspect.</summary>
    public ReadOnlySpan<double> AspectsOf(int book) => _aspects[book];

    /// <summary>A reader's planted taste t_r.</summary>
    public ReadOnlySpan<double> TasteOf(int reader) => _tastes[reader];

    /// <summary>A book's popularity, about standard normal.</summary>
    public double PopularityOf(int book) => _popularity[book];

    /// <summary>A book's price.</summary>
    public decimal PriceOf(int book) => _books[book].Price;

    /// <summary>How well a book fits a reader: mean 0 and deviation 1 over the books.</summary>
    public double Affinity(int reader, int book) => _affinities[reader][book];

    /// <summary>How well a book fits a reader, by ids.</summary>
    /// <exception cref="ArgumentException">An id is unknown.</exception>
    public double Affinity(string readerId, string bookId) => Affinity(Position(Readers, readerId, "reader"), Position(Books, bookId, "book"));

    /// <summary>Log-weight of a choice that follows taste: affinity and popularity with their strengths.</summary>
    public double LogWeight(int reader, int book) => _options.AffinityStrength * _affinities[reader][book] + LogWeightOfGift(book);

    /// <summary>The probability that the reader clicks the book when it is shown alone: σ(log-weight − 3).</summary>
    public double ClickProbability(int reader, int book) => 1 / (1 + SampleRandom.Exp(-(ClickBias + LogWeight(reader, book))));

    /// <summary>The probability of each book to be the reader's next choice, gifts included, when all have arrived and none is read.</summary>
    /// <returns>[books] probabilities that sum to 1.</returns>
    public double[] ChoiceProbabilities(int reader)
    {
        var (taste, gift) = (Weights(book => LogWeight(reader, book)), Weights(LogWeightOfGift));
        return [.. taste.Select((probability, book) => (1 - _options.GiftRate) * probability + _options.GiftRate * gift[book])];
    }

    internal double LogWeightOfGift(int book) => _options.PopularityStrength * _popularity[book];

    private double[] Weights(Func<int, double> logWeight)
    {
        double[] weights = [.. Enumerable.Range(0, _books.Count).Select(book => SampleRandom.Exp(logWeight(book)))];
        double sum = 0;
        foreach (double weight in weights) sum += weight;
        return [.. weights.Select(weight => weight / sum)];
    }

    private static double[] Vector(int[][] chosen)
    {
        var vector = new double[SampleAspects.Count];
        for (int family = 0; family < chosen.Length; family++)
            foreach (int aspect in chosen[family])
                vector[SampleAspects.Offsets[family] + aspect] = SampleAspects.Families[family].Weight / chosen[family].Length;
        return vector;
    }

    // Plain loops: sums in another order (SIMD) would differ between machines.
    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static double[] Standardised(double[] values)
    {
        double sum = 0, squares = 0;
        foreach (double value in values) sum += value;
        double mean = sum / values.Length;
        foreach (double value in values) squares += (value - mean) * (value - mean);
        double deviation = Math.Sqrt(squares / values.Length);
        return [.. values.Select(value => (value - mean) / deviation)];
    }

    private static int Position(EntityIndex index, string id, string what) =>
        index.TryGetPosition(id, out int position) ? position : throw new ArgumentException($"Expected a {what} id from '{index[0]}' to '{index[index.Count - 1]}', found '{id}'.");
}
