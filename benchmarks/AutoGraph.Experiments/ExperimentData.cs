using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Features;
using AutoGraph.Core.Interactions;
using AutoGraph.Datasets;

namespace AutoGraph.Experiments;

/// <summary>A data set as an experiment needs it, split for training, validation and test.</summary>
internal sealed class ExperimentData
{
    private readonly ExperimentTables _tables;

    private ExperimentData(ExperimentTables tables, RunOptions options)
    {
        _tables = tables;
        MinHistory = options.MinHistory ?? tables.MinHistory;
        if (options.ColdItems > 0 && options.UserTextOrDefault == UserText.Llm && tables.OwnKnowledge is null)
            throw new ArgumentException("--cold-items does not go with recorded texts of users: they may tell of cold items. Use --user-text template or mean.");
        Cold = options.ColdItems > 0 ? ColdItems.Choose(tables.All, options.ColdItems, MinHistory) : null;
        All = Cold?.Warm ?? tables.All;
        Split = options.UserTextOrDefault == UserText.Llm && tables.ToldByTexts is { } told ? Untold(LeaveOneOut.Split(All, MinHistory), told) : LeaveOneOut.Split(All, MinHistory);
    }

    public string Name => _tables.Name;

    /// <summary>All positives; in the cold regime those of the other items.</summary>
    public InteractionTable All { get; }

    public DataSplit Split { get; }

    /// <summary>Items without any row in <see cref="All"/> and the rows that test them, in the cold regime.</summary>
    public ColdItems? Cold { get; }

    /// <summary>Earlier positives that make a row a sample.</summary>
    public int MinHistory { get; }

    public (int Users, int Items) Codes => _tables.Codes;

    /// <summary>Negatives a target is ranked against in the test, or null for all items.</summary>
    public int? SampledNegatives => _tables.SampledNegatives;

    public FeatureTable UserFeatures => _tables.Users;

    public FeatureTable ItemFeatures => _tables.Items;

    /// <summary>A user's profile and titles as text.</summary>
    public Func<int, IReadOnlyList<string>, string> UserFacts => _tables.UserFacts;

    /// <summary>An item's attributes as text.</summary>
    public Func<int, string> ItemFacts => _tables.ItemFacts;

    public Func<int, string> ItemTitle => _tables.ItemTitle;

    /// <summary>An item's tags; null where the data set has none.</summary>
    public Func<int, IReadOnlyList<string>>? ItemTags => _tables.ItemTags;

    public RankingQueries Validation => HeldOutRows.ToQueries(All, Split.Validation);

    public RankingQueries Test => HeldOutRows.ToQueries(All, Split.Test);

    /// <summary>Items that there are while training: all but the cold ones.</summary>
    public int[] KnownItems => [.. Enumerable.Range(0, All.Items.Count).Except(Cold?.Items ?? [])];

    /// <summary>Knowledge that the data set itself brings (the sample world), by entity id.</summary>
    public (IReadOnlyDictionary<string, string> Users, IReadOnlyDictionary<string, string> Items)? OwnKnowledge => _tables.OwnKnowledge;

    /// <summary>The world behind a simulated data set, or null.</summary>
    public SampleWorld? World => _tables.World;

    public static ExperimentData Load(RunOptions options, CancellationToken cancellationToken) => new(DataSets.Read(options, cancellationToken), options);

    /// <summary>Validation and test rows that the users' texts tell of become training rows.</summary>
    private DataSplit Untold(DataSplit split, Func<int, bool> told)
    {
        int[] validation = [.. split.Validation.Where(row => !told(row))], test = [.. split.Test.Where(row => !told(row))];
        return split with { Train = [.. Enumerable.Range(0, All.Count).Except(validation).Except(test)], Validation = validation, Test = test };
    }
}
