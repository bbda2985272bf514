using AutoGraph.Datasets;

namespace AutoGraph.Experiments;

/// <summary>What a user's semantic vector is made of (paper §3.2.1).</summary>
internal enum UserText { Template, Mean, Llm }

/// <summary>Whether codes belong to their rows or, as a control, to others.</summary>
internal enum Control { Real, Shuffled }

/// <summary>One training and test run.</summary>
internal sealed record RunOptions
{
    public required string Dataset { get; init; }

    public DirectoryInfo? Data { get; init; }

    /// <summary>Where the folders of all data sets lie.</summary>
    public DirectoryInfo? DataRoot { get; init; }

    public Backbone Backbone { get; init; }

    public Enhancement Enhance { get; init; }

    public int Seed { get; init; }

    public FileInfo? ItemsKnowledge { get; init; }

    public FileInfo? UsersKnowledge { get; init; }

    public DirectoryInfo? Encoder { get; init; }

    /// <summary>Null: recorded texts where there are some, otherwise facts.</summary>
    public UserText? UserText { get; init; }

    public UserText UserTextOrDefault => UserText ?? (UsersKnowledge is null ? Experiments.UserText.Template : Experiments.UserText.Llm);

    public Control Codes { get; init; }

    public Control Vectors { get; init; }

    public Quantizer Quantizer { get; init; }

    public Metapaths Without { get; init; }

    public int Levels { get; init; } = 2;

    public UserNeighbors UserNeighbors { get; init; } = UserNeighbors.Latest;

    public int Neighbors { get; init; } = 15;

    public int GraphLayers { get; init; } = 1;

    public double GraphDropout { get; init; }

    public double Dropout { get; init; } = 0.1;

    public double HistoryDropout { get; init; } = 0.1;

    public bool AttentionV2 { get; init; }

    public bool ContentNodes { get; init; }

    public bool Gates { get; init; }

    public bool Pairwise { get; init; }

    public bool EnhancedHistory { get; init; } = true;

    /// <summary>Whether KAR reads users' own vectors; null: where a language model wrote their texts, since means and lists of training items tell the targets.</summary>
    public bool? UserContent { get; init; }

    public bool UserContentOrDefault => UserContent ?? UserTextOrDefault == Experiments.UserText.Llm;

    public bool ValidationOnly { get; init; }

    public double TrainUsers { get; init; } = 1;

    /// <summary>Null: what suits the data set.</summary>
    public int? MinHistory { get; init; }

    /// <summary>Part of the items that training never sees; 0 for none.</summary>
    public double ColdItems { get; init; }

    public double NewItemRate { get; init; }

    public double AlignmentWeight { get; init; } = new RecommenderOptions().AlignmentWeight;

    public double AlignmentTemperature { get; init; } = new RecommenderOptions().AlignmentTemperature;

    public int Epochs { get; init; } = 100;

    public int Patience { get; init; } = 3;

    public int Batch { get; init; } = 1024;

    public double LearningRate { get; init; } = 3e-3;

    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>Null: what the library chooses, <see cref="TableDecay"/>.</summary>
    public double? EmbeddingDecay { get; init; }

    /// <summary>The decay of embedding tables of a run with so many samples.</summary>
    public double TableDecay(int samples) => new RecommenderOptions { BatchSize = Batch, LearningRate = LearningRate, WeightDecay = WeightDecay, EmbeddingDecay = EmbeddingDecay }.TableDecay(samples);

    /// <summary>Rows of tables that a step did not read stay as they are.</summary>
    public bool SparseUpdates { get; init; }

    /// <summary>Of both towers.</summary>
    public IReadOnlyList<int> HiddenWidths { get; init; } = [64];

    public int HistoryLayers { get; init; } = 1;

    public int HistoryHeads { get; init; } = 1;

    public int PropagationLayers { get; init; } = 3;

    public int GraphHeads { get; init; } = 2;

    public RankingLoss Loss { get; init; }

    public NegativeSource Negatives { get; init; }

    public int NegativeCount { get; init; } = 50;

    public LearningRateSchedule Schedule { get; init; }

    public double WarmUp { get; init; }

    public double DecayFactor { get; init; } = 0.3;

    public int Decays { get; init; } = 2;

    public double? Clip { get; init; }

    public FileInfo? Resume { get; init; }

    public int? Threads { get; init; }

    public FileInfo? Json { get; init; }

    public FileInfo? Cache { get; init; }

    /// <summary>The simulated world where that is the data set; null for its defaults.</summary>
    public SampleWorldOptions? World { get; init; }

    /// <summary>Where the run tells how far it is.</summary>
    public RunDisplay Display { get; init; } = new LineDisplay(Console.Error);
}
