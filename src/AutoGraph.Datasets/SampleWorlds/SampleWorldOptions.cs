namespace AutoGraph.Datasets;

/// <summary>How large and how regular the simulated <see cref="SampleWorld"/> is. The defaults were fixed by reasoning before any model ran on it.</summary>
public sealed record SampleWorldOptions
{
    /// <summary>Seed of everything random; any value, default 42. The same options give the same world on every machine.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Number of readers, 10 to 100,000, default 600.</summary>
    public int Readers { get; init; } = 600;

    /// <summary>Number of books, 50 to 5,000, default 400.</summary>
    public int Books { get; init; } = 400;

    /// <summary>Part of the readers with only 5 to 8 interactions, 0 to 1, default 0.5: half of a shop's customers are occasional ones.</summary>
    public double SparseReaders { get; init; } = 0.5;

    /// <summary>
    /// Factor of the standardised affinity in the log-weight of a choice, 0 to 5, default 1.5: a book that fits one standard deviation
    /// better is chosen e^1.5 ≈ 4.5 times as often. Chosen books then lie about one deviation above the average one.
    /// </summary>
    public double AffinityStrength { get; init; } = 1.5;

    /// <summary>
    /// Factor of the standardised popularity in the log-weight of a choice, 0 to 5, default 0.9: the most popular fortieth of the
    /// books has e^(2·0.9) ≈ 6 times the weight of the average one and more. Below the affinity's, so that taste matters more than fashion.
    /// </summary>
    public double PopularityStrength { get; init; } = 0.9;

    /// <summary>Part of the choices that ignore taste (gifts, assignments), 0 to 1, default 0.1.</summary>
    public double GiftRate { get; init; } = 0.1;

    /// <summary>Part of the books that arrive only during the simulated time, 0 to 0.5, default 0.2; the latest have few or no readers.</summary>
    public double NewBooks { get; init; } = 0.2;

    /// <summary>
    /// Control: hands the knowledge texts to other books, and those of readers to other readers, none keeping its own; everything else
    /// stays. Whatever a method gains from the texts' meaning must vanish. Default false.
    /// </summary>
    public bool ShuffleTexts { get; init; }

    internal void Validate()
    {
        var faults = new List<string>();
        void Need(bool holds, string name, object value, string range)
        {
            if (!holds) faults.Add($"{name} from {range}, found {value}");
        }
        Need(Readers is >= 10 and <= 100_000, nameof(Readers), Readers, "10 to 100000");
        Need(Books is >= 50 and <= 5_000, nameof(Books), Books, "50 to 5000");
        Need(SparseReaders is >= 0 and <= 1, nameof(SparseReaders), SparseReaders, "0 to 1");
        Need(AffinityStrength is >= 0 and <= 5, nameof(AffinityStrength), AffinityStrength, "0 to 5");
        Need(PopularityStrength is >= 0 and <= 5, nameof(PopularityStrength), PopularityStrength, "0 to 5");
        Need(GiftRate is >= 0 and <= 1, nameof(GiftRate), GiftRate, "0 to 1");
        Need(NewBooks is >= 0 and <= 0.5, nameof(NewBooks), NewBooks, "0 to 0.5");
        if (faults.Count > 0) throw new ArgumentException($"Sample world: expected {string.Join("; ", faults)}.");
    }
}
