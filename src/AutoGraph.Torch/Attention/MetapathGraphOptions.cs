using AutoGraph.Core.Validation;
using AutoGraph.Torch.Training;

namespace AutoGraph;

/// <summary>When the graph attention is trained.</summary>
public enum GraphTraining
{
    /// <summary>In the graph estimator's own <c>Fit</c>, by sampled softmax over user–item edges.</summary>
    Standalone,

    /// <summary>By the recommender that follows; <c>Fit</c> only builds the graph and the initial weights.</summary>
    Joint,
}

/// <summary>The metapaths of paper §3.3.1, each of which can be switched off (Table 4).</summary>
[Flags]
public enum Metapaths
{
    /// <summary>No path: node embeddings alone.</summary>
    None = 0,

    /// <summary>u→q→u: users who share a factor.</summary>
    UserSemantic = 1,

    /// <summary>i→q→i: items that share a factor.</summary>
    ItemSemantic = 2,

    /// <summary>i→u and u→i: interactions.</summary>
    Interaction = 4,

    /// <summary>All paths.</summary>
    All = UserSemantic | ItemSemantic | Interaction,
}

/// <summary>Which of a user's interactions its graph vector reads.</summary>
public enum UserNeighbors
{
    /// <summary>Those of the whole training time, a sample drawn anew each epoch (paper Eq. 8): one vector per user.</summary>
    Sampled,

    /// <summary>
    /// The latest before the row at hand, and the attention knows how many came after each: the vector follows the user's history,
    /// in training never reads what came later, and users unknown in training have one too.
    /// </summary>
    Latest,
}

/// <summary>Metapath graph attention (paper §3.2.3, §3.3.1).</summary>
public sealed record MetapathGraphOptions
{
    /// <summary>When the attention is trained. Default <see cref="GraphTraining.Standalone"/>.</summary>
    public GraphTraining Training { get; init; } = GraphTraining.Standalone;

    /// <summary>Levels of codes that become factor nodes, from the coarsest, 1 to 8. Default 2 (Table 6).</summary>
    public int FactorLevels { get; init; } = 2;

    /// <summary>Width D of node embeddings and graph vectors, 1 to 1,024, a multiple of <see cref="Heads"/>. Default 32 (App. D.3).</summary>
    public int Dimension { get; init; } = 32;

    /// <summary>Attention heads, 1 to 16; their outputs are concatenated. Default 2.</summary>
    public int Heads { get; init; } = 2;

    /// <summary>
    /// Rounds L of the interaction paths, 1 to 3, each with weights of its own: Ĥˡ = W_self ELU(Ĥˡ⁻¹) + GAT(ELU(Ĥˡ⁻¹) of the neighbours) from
    /// Ĥ⁰ = H, the states after the semantic paths; graph vectors are Ĥᴸ. Default 1 (Eq. 8).
    /// </summary>
    public int Layers { get; init; } = 1;

    /// <summary>
    /// Dropout in training on the states that attention reads and on attention weights, in every step (Veličković et al. 2018, §3.3), at least 0
    /// and below 1; with <see cref="Pairwise"/> semantic paths drop states alone, for there no weight of a pair is ever made. Default 0.
    /// </summary>
    public double Dropout { get; init; }

    /// <summary>Which interactions a user's graph vector reads. Default <see cref="UserNeighbors.Latest"/>; the paper's own form is <see cref="UserNeighbors.Sampled"/>.</summary>
    public UserNeighbors UserNeighbors { get; init; } = UserNeighbors.Latest;

    /// <summary>Interaction neighbours S per node, drawn anew each epoch or a user's latest, of which a recommender keeps <see cref="RecommenderOptions.HistoryLength"/>; 1 to 10,000. Default 15 (App. D.3: 12 to 18).</summary>
    public int NeighborSample { get; init; } = 15;

    /// <summary>Whether inference reads full neighbourhoods instead of a sample of S that the seed fixes. Default true.</summary>
    public bool FullNeighborhoods { get; init; } = true;

    /// <summary>Paths in use. Default all.</summary>
    public Metapaths Metapaths { get; init; } = Metapaths.All;

    /// <summary>Eq. 7–8 as printed: no self term W_self·e_t. Default false.</summary>
    public bool Literal { get; init; }

    /// <summary>
    /// GATv2 in every step: logits aᵀ LeakyReLU(W_dst e_t + W_src e_j) (Brody, Alon and Yahav 2022). In Eq. 6 the order of a node's neighbours by
    /// attention is the same for every node that has them; here it depends on the node. Not with <see cref="Pairwise"/>. Default false.
    /// </summary>
    public bool AttentionV2 { get; init; }

    /// <summary>
    /// Semantic paths as Eq. 6–7 are printed: α over N_t = all members who share a factor of the used levels with t, t included, instead of two
    /// steps through factor nodes. Exact, in O(N log N) per set of levels; at most 4 <see cref="FactorLevels"/>. Default false.
    /// </summary>
    public bool Pairwise { get; init; }

    /// <summary>
    /// Node embedding = id embedding + P·v with v the semantic vector and P trained; new and unknown nodes have the embedding of the unknown node and
    /// their own v. Factor embeddings start from codebook vectors where the pipeline is known. Needs semantic vectors of users or items. Default false.
    /// </summary>
    public bool ContentNodes { get; init; }

    /// <summary>
    /// A learned gate on each path, zero at the start: H_t = W_self e_t + gate · GAT(…), reported after training as
    /// <c>Gates</c> of the fitted transformer (zero gates as in Bachlechner et al. 2021, "ReZero is all you need"). Not with <see cref="Literal"/>,
    /// where all vectors would start as zeros. Default false.
    /// </summary>
    public bool Gates { get; init; }

    /// <summary>Standalone training: part of the node ids replaced by the "unknown" node, 0 to 0.5; a recommender that trains the graph along reads its own <c>UnknownRate</c>. Default 0.05.</summary>
    public double UnknownRate { get; init; } = 0.05;

    /// <summary>Standalone training: epochs, 1 to 100,000. Default 20.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Standalone training: edges per step, 1 to 10,000,000. Default 1,024.</summary>
    public int BatchSize { get; init; } = 1024;

    /// <summary>Standalone training: negatives per edge, 1 to 100,000. Default 50.</summary>
    public int Negatives { get; init; } = 50;

    /// <summary>Standalone training: learning rate of AdamW, 1e-8 to 1. Default 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Standalone training: weight decay of AdamW, 0 to 1. Default 1e-2.</summary>
    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>
    /// Standalone training: file that keeps the state of a running fit; a fit with the same options, seed and data goes on from it, on the CPU with as many
    /// threads to the same bits as without the interruption, and deletes it at the end. Default null: none.
    /// </summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Standalone training: epochs between two checkpoints, 1 to 100,000. Default 1.</summary>
    public int CheckpointEvery { get; init; } = 1;

    /// <summary>Seed. Default null: the seed of the <c>MLContext</c>, or 0.</summary>
    public int? Seed { get; init; }

    /// <summary>Receives one report per epoch.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Stops the fit.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Whether a user's vector follows the row's history.</summary>
    internal bool ReadsHistory => UserNeighbors == UserNeighbors.Latest;

    /// <summary>Throws an <see cref="ArgumentException"/> that lists every invalid option.</summary>
    internal void Validate() => new Problems(nameof(MetapathGraphOptions))
        .Require(Enum.IsDefined(Training), $"{nameof(Training)}: expected Standalone or Joint, found {Training}")
        .Require(Enum.IsDefined(UserNeighbors), $"{nameof(UserNeighbors)}: expected Sampled or Latest, found {UserNeighbors}")
        .Range(nameof(FactorLevels), FactorLevels, 1, 8)
        .Range(nameof(Dimension), Dimension, 1, 1024)
        .Range(nameof(Heads), Heads, 1, 16)
        .Require(Heads > 0 && Dimension % Heads == 0, $"{nameof(Dimension)}: expected a multiple of the {Heads} heads, found {Dimension}")
        .Range(nameof(Layers), Layers, 1, 3)
        .Require(Dropout is >= 0 and < 1, FormattableString.Invariant($"{nameof(Dropout)}: expected at least 0 and below 1, found {Dropout}"))
        .Range(nameof(NeighborSample), NeighborSample, 1, 10_000)
        .Require((Metapaths & ~Metapaths.All) == 0, $"{nameof(Metapaths)}: expected a combination of the named paths, found {Metapaths}")
        .Require(!(AttentionV2 && Pairwise), $"{nameof(Pairwise)}: expected {nameof(AttentionV2)} off, found on: its logits are no sums of a part of t and a part of j, so that pairs would have to be made")
        .Require(!Pairwise || FactorLevels <= 4, $"{nameof(FactorLevels)}: expected at most 4 with {nameof(Pairwise)}, found {FactorLevels}")
        .Require(!(Gates && Literal), $"{nameof(Gates)}: expected {nameof(Literal)} off, found on: without self terms zero gates leave nothing to learn from")
        .Range(nameof(UnknownRate), UnknownRate, 0, 0.5)
        .Range(nameof(Epochs), Epochs, 1, 100_000)
        .Range(nameof(BatchSize), BatchSize, 1, 10_000_000)
        .Range(nameof(Negatives), Negatives, 1, 100_000)
        .Range(nameof(LearningRate), LearningRate, 1e-8, 1)
        .Range(nameof(WeightDecay), WeightDecay, 0, 1)
        .Range(nameof(CheckpointEvery), CheckpointEvery, 1, 100_000)
        .FileToWrite(nameof(CheckpointPath), CheckpointPath)
        .Throw();
}
