namespace AutoGraph.Datasets;

/// <summary>Lets the simulated readers choose books over time.</summary>
internal static class SampleChoices
{
    private const long Start = 1_672_531_200;                  // 2023-01-01 UTC
    private const int Seconds = 2 * 365 * 24 * 3600;           // two years
    private const double LatestFirstVisit = 0.7;               // part of the time by which everyone has come
    private const double ActiveFrom = 15, ActiveTo = 150;      // bounds of the heavy tail of activity

    public static RatingRow[] Create(SampleWorldOptions options, SampleWorldTruth truth, SampleRandom random)
    {
        var arrivals = Arrivals(options, random);
        double[] gift = [.. Enumerable.Range(0, options.Books).Select(book => SampleRandom.Exp(truth.LogWeightOfGift(book)))];
        var rows = new List<(long Time, int Reader, int Book)>();
        var weights = new double[options.Books];
        for (int reader = 0; reader < options.Readers; reader++)
        {
            for (int book = 0; book < options.Books; book++) weights[book] = SampleRandom.Exp(truth.LogWeight(reader, book));
            var read = new bool[options.Books];
            foreach (long time in Visits(Activity(options, random), random))
            {
                int book = Choose(random.Chance(options.GiftRate) ? gift : weights, arrivals, time, read, random);
                read[book] = true;
                rows.Add((time, reader, book));
            }
        }
        return [.. rows.Order().Select(row => new RatingRow(truth.Readers[row.Reader], truth.Books[row.Book], 1, row.Time))];
    }

    /// <summary>When each book arrives: the given part of them at a random time, all others at the start.</summary>
    private static long[] Arrivals(SampleWorldOptions options, SampleRandom random)
    {
        var arrivals = new long[options.Books];
        Array.Fill(arrivals, Start);
        foreach (int book in random.Permutation(options.Books).Take(options.Books - FromStart(options))) arrivals[book] = Start + random.Below(Seconds);
        return arrivals;
    }

    private static int FromStart(SampleWorldOptions options) => options.Books - (int)(options.Books * options.NewBooks);

    /// <summary>5 to 8 interactions for sparse readers, otherwise a Pareto tail with exponent 1 between its bounds (at most a third of the books that are there from the start).</summary>
    private static int Activity(SampleWorldOptions options, SampleRandom random)
    {
        if (random.Chance(options.SparseReaders)) return 5 + random.Below(4);
        int active = (int)(ActiveFrom / (1 - random.Unit() * (1 - ActiveFrom / ActiveTo)));
        return Math.Max(5, Math.Min(active, FromStart(options) / 3));
    }

    /// <summary>Strictly increasing times between a first visit and the end.</summary>
    private static long[] Visits(int count, SampleRandom random)
    {
        int first = (int)(random.Unit() * LatestFirstVisit * Seconds);
        long[] times = [.. Enumerable.Range(0, count).Select(_ => Start + first + random.Below(Seconds - first)).Order()];
        for (int i = 1; i < count; i++) times[i] = Math.Max(times[i], times[i - 1] + 1);
        return times;
    }

    /// <summary>Draws one book with probability proportional to its weight among those arrived and not yet read.</summary>
    private static int Choose(double[] weights, long[] arrivals, long time, bool[] read, SampleRandom random)
    {
        double total = 0;
        for (int book = 0; book < weights.Length; book++)
            if (!read[book] && arrivals[book] <= time) total += weights[book];
        double left = random.Unit() * total;
        int last = -1;
        for (int book = 0; book < weights.Length; book++)
        {
            if (read[book] || arrivals[book] > time) continue;
            last = book;
            left -= weights[book];
            if (left < 0) break;
        }
        return last;   // the last candidate where rounding leaves a rest; never -1: at least 25 books are there from the start, and nobody reads more than a third of those or 8
    }
}
