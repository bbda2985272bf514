using AutoGraph.Core.Validation;
using AutoGraph.Torch.Training;

namespace AutoGraph;

/// <summary>The sequence model that reads a user's history (paper §4.1.3).</summary>
public enum Backbone
{
    /// <summary>Masked mean of the history's item embeddings (Covington et al. 2016).</summary>
    YouTubeDnn,

    /// <summary>Dynamic routing of the history to several interests, each with a user vector of its own; the best one scores (Li et al. 2019).</summary>
    Mind,

    /// <summary>Gated recurrent units over the history, the last state (Hidasi et al. 2016).</summary>
    Gru4Rec,

    /// <summary>Causal self-attention over the history, the latest item's state (Kang and McAuley 2018).</summary>
    SasRec,
}

/// <summary>What is added to the backbone's towers; all combine, but <see cref="AutoGraph"/> and <see cref="FrozenVectors"/> exclude each other.</summary>
[Flags]
public enum Enhancement
{
    /// <summary>Nothing: the plain backbone.</summary>
    None = 0,

    /// <summary>Graph vectors, trained together with the backbone (paper §3.3).</summary>
    AutoGraph = 1,

    /// <summary>Graph vectors as they are, not trained further.</summary>
    FrozenVectors = 2,

    /// <summary>Semantic vectors as content, through an MLP of two layers (KAR; paper §4.1.4, App. D.3).</summary>
    Kar = 4,

    /// <summary>The codes of all levels as categorical fields (UIST; paper §4.1.4, App. D.3).</summary>
    Uist = 8,

    /// <summary>LightGCN on the interactions: symmetric-normalised propagation, the mean of all layers (He et al. 2020; paper App. D.3).</summary>
    LightGcn = 16,

    /// <summary>Phrases of item texts as nodes, attention item → phrase → item (CCGNN; paper App. D.3).</summary>
    Ccgnn = 32,

    /// <summary>Attention over similar items, which a language model or an encoder has judged (TopoI2I; paper App. D.3).</summary>
    TopoI2I = 64,

    /// <summary>A second history over an item table of its own: the control for mere extra input.</summary>
    HistoryField = 128,

    /// <summary>
    /// A second loss in training, which draws each item's vector to what its text says and apart from those of other items (contrastive alignment; RLMRec, Ren et al. 2024). The model scores as without it.
    /// </summary>
    Alignment = 256,
}

/// <summary>How a two-tower recommender is trained (paper §4.1.5, App. B and D).</summary>
public sealed record RecommenderOptions
{
    /// <summary>Sequence model. Default <see cref="Backbone.YouTubeDnn"/>.</summary>
    public Backbone Backbone { get; init; } = Backbone.YouTubeDnn;

    /// <summary>Name of a sequence model registered with <see cref="OwnBackbones"/>, in place of <see cref="Backbone"/>. Default null.</summary>
    public string? OwnBackbone { get; init; }

    /// <summary>Makers of enhancements from outside the library, added to <see cref="Enhancement"/>. Default none.</summary>
    public IReadOnlyList<Func<OwnEnhancementInput, OwnEnhancement>> OwnEnhancements { get; init; } = [];

    /// <summary>
    /// Enhancement. Default AutoGraph | Kar: the graph, and semantic vectors as content wherever the side tables have them.
    /// <see cref="Enhancement.AutoGraph"/> alone is the paper's own form.
    /// </summary>
    public Enhancement Enhancement { get; init; } = Enhancement.AutoGraph | Enhancement.Kar;

    /// <summary>Layers of <see cref="Enhancement.LightGcn"/>, 1 to 8. Default 3 (He et al. 2020).</summary>
    public int PropagationLayers { get; init; } = 3;

    /// <summary>Neighbours per node that <see cref="Enhancement.LightGcn"/> draws in training, 1 to 10,000. Default 15, as for the graph.</summary>
    public int NeighborSample { get; init; } = 15;

    /// <summary>Attention heads of <see cref="Enhancement.Ccgnn"/> and <see cref="Enhancement.TopoI2I"/>, a divisor of <see cref="Dimension"/>, 1 to 16. Default 2.</summary>
    public int GraphHeads { get; init; } = 2;

    /// <summary>Rounds of attention in <see cref="Enhancement.Ccgnn"/> and <see cref="Enhancement.TopoI2I"/>, 1 to 3; AutoGraph has <see cref="MetapathGraphOptions.Layers"/>. Default 1.</summary>
    public int GraphLayers { get; init; } = 1;

    /// <summary>
    /// Dropout on what attention reads and on its weights in <see cref="Enhancement.Ccgnn"/> and <see cref="Enhancement.TopoI2I"/>, at least 0 and below 1;
    /// AutoGraph has <see cref="MetapathGraphOptions.Dropout"/>. Default 0.
    /// </summary>
    public double GraphDropout { get; init; }

    /// <summary>Width of embeddings and of the towers' output, 1 to 1,024. Default 32 (App. D.2).</summary>
    public int Dimension { get; init; } = 32;

    /// <summary>Hidden widths of both towers. Default 64, that is two layers (App. D.2: two or three, halved at each).</summary>
    public IReadOnlyList<int> HiddenWidths { get; init; } = [64];

    /// <summary>Items of the history that the model reads, the latest ones, 1 to 10,000. Default 30 (App. B).</summary>
    public int HistoryLength { get; init; } = 30;

    /// <summary>Whether the backbone reads the semantic and graph fields of history items beside their ids. Default true.</summary>
    public bool EnhancedHistory { get; init; } = true;

    /// <summary>
    /// Whether <see cref="Enhancement.Kar"/> reads a user's own semantic vector beside those of items. Default true. Set false where that vector is made of the user's training positives (their mean, a list
    /// of their titles): in training it then tells the target, the more the shorter the history, and the model learns to look it up. What the user did before still comes in by <see cref="EnhancedHistory"/>.
    /// </summary>
    public bool UserContent { get; init; } = true;

    /// <summary>Layers of <see cref="Backbone.Gru4Rec"/> and <see cref="Backbone.SasRec"/>, 1 to 3. Default 1 (App. D.2: 1 to 3).</summary>
    public int HistoryLayers { get; init; } = 1;

    /// <summary>Attention heads of <see cref="Backbone.SasRec"/>: 1, 2 or 4, a divisor of <see cref="Dimension"/>. Default 1 (App. D.2).</summary>
    public int HistoryHeads { get; init; } = 1;

    /// <summary>Dropout within <see cref="Backbone.Gru4Rec"/> and <see cref="Backbone.SasRec"/>, 0 to 0.9. Default 0.1.</summary>
    public double HistoryDropout { get; init; } = 0.1;

    /// <summary>Interests that <see cref="Backbone.Mind"/> finds, 1 to 16. Default 3 (App. D.2).</summary>
    public int Capsules { get; init; } = 3;

    /// <summary>Iterations of dynamic routing in <see cref="Backbone.Mind"/>, 1 to 10. Default 3 (App. D.2).</summary>
    public int RoutingIterations { get; init; } = 3;

    /// <summary>Power p of the label-aware weights softmax(p · u_k·i⁺) that train <see cref="Backbone.Mind"/>, 0 (all interests alike) to 100 (the nearest alone). Default 1.</summary>
    public double LabelAwarePower { get; init; } = 1;

    /// <summary>Whether <see cref="Backbone.Mind"/> makes one user vector of all interests beside each other instead of one of each. Default false.</summary>
    public bool ConcatenateCapsules { get; init; }

    /// <summary>Earlier positives that make a training row a sample, 1 to 10,000. Default 5 (App. B).</summary>
    public int MinHistory { get; init; } = 5;

    /// <summary>What training makes small. Default <see cref="RankingLoss.SampledSoftmax"/> (App. B).</summary>
    public RankingLoss Loss { get; init; } = RankingLoss.SampledSoftmax;

    /// <summary>Where negatives come from. Default <see cref="NegativeSource.Uniform"/> (App. B).</summary>
    public NegativeSource NegativeSource { get; init; } = NegativeSource.Uniform;

    /// <summary>Negatives per positive, or per batch where they are shared, 1 to 100,000. Default 50 (App. B).</summary>
    public int Negatives { get; init; } = 50;

    /// <summary>Power of an item's interactions in <see cref="NegativeSource.Popularity"/>, 0 (all alike) to 2. Default 0.75 (Mikolov et al. 2013).</summary>
    public double PopularityPower { get; init; } = 0.75;

    /// <summary>
    /// Whether <see cref="RankingLoss.SampledSoftmax"/> takes log Q of an item from its score in training, Q the probability with which the item is drawn
    /// as a negative, so that popular items are not punished for being drawn often (Bengio and Senécal 2008; in-batch: Yi et al. 2019). Default true.
    /// </summary>
    public bool LogQCorrection { get; init; } = true;

    /// <summary>Samples per step, 1 to 10,000,000. Default 256 (App. D).</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Learning rate η of AdamW, 1e-8 to 1. Default 1e-3 (App. D).</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>
    /// How the learning rate goes on. Default <see cref="LearningRateSchedule.Constant"/>. <see cref="LearningRateSchedule.Linear"/> and
    /// <see cref="LearningRateSchedule.Cosine"/> plan for all <see cref="Epochs"/>: give them few, and as much <see cref="Patience"/>.
    /// </summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Epochs, or parts of one, over which the learning rate first rises in a line from 0, 0 to <see cref="Epochs"/>. Default 0.</summary>
    public double WarmUpEpochs { get; init; }

    /// <summary>What the learning rate is multiplied by at each fall of <see cref="LearningRateSchedule.Plateau"/>, 0.001 to 0.999. Default 0.3.</summary>
    public double DecayFactor { get; init; } = 0.3;

    /// <summary>Falls of the learning rate in <see cref="LearningRateSchedule.Plateau"/> before training stops, 0 to 100. Default 2.</summary>
    public int Decays { get; init; } = 2;

    /// <summary>Norm ‖g‖ over all parameters to which longer gradients of a step are shortened, 1e-6 to 1e6. Default null: none are.</summary>
    public double? GradientClip { get; init; }

    /// <summary>Weight decay of AdamW, not on biases, 0 to 1. Default 1e-2 (App. D).</summary>
    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>
    /// Weight decay of embedding tables of users, items, categories and nodes, 0 to 10 and at most 1 / <see cref="LearningRate"/>. A step multiplies each row by 1 − η · decay, whether it was read or not,
    /// so that what is known of a rare item comes from its content and factors rather than from a few samples. Default null: 0.15, less where that takes more than a quarter of a row in an epoch, but not less
    /// than <see cref="WeightDecay"/>, and 0 where that is 0; the paper has one decay for all, <c>EmbeddingDecay = WeightDecay</c>. On sparse data 1 to 4 is better: docs/training.md.
    /// </summary>
    public double? EmbeddingDecay { get; init; }

    /// <summary>λ of embedding tables.</summary>
    /// <param name="samples">Training samples.</param>
    internal double TableDecay(int samples) => EmbeddingDecay ?? (WeightDecay == 0 ? 0 : Math.Max(WeightDecay, Math.Min(0.15, 0.25 / (LearningRate * Math.Ceiling((double)samples / BatchSize)))));

    /// <summary>
    /// Whether a step leaves rows of embedding tables as they are that it did not read: neither moments nor decay move them (lazy Adam). A step then costs what it touches and one pass over
    /// the gradient, which pays from some hundred thousand users on. Default false: AdamW as published, which moves every row at every step.
    /// </summary>
    public bool SparseUpdates { get; init; }

    /// <summary>Decay per step of the moving average of weights that is validated and kept, 0 (the last weights) to 0.99999. Default 0.999.</summary>
    public double WeightAverage { get; init; } = 0.999;

    /// <summary>Epochs at most, 1 to 100,000. Default 100 (App. D).</summary>
    public int Epochs { get; init; } = 100;

    /// <summary>Epochs without a better validation NDCG@10 before training stops, or with <see cref="LearningRateSchedule.Plateau"/> goes on more slowly, 1 to 100,000. Default 3 (App. D).</summary>
    public int Patience { get; init; } = 3;

    /// <summary>Part of the ids replaced by the "unknown" row in training, 0 to 0.5. Default 0.05.</summary>
    public double UnknownRate { get; init; } = 0.05;

    /// <summary>
    /// Part of the items that stand as new in each training step, 0 to 0.5: without id, also in histories, without categories that are theirs alone and without
    /// interactions in the graph, so that content and factors learn to speak for new items (Volkovs et al. 2017, DropoutNet). Default 0.
    /// </summary>
    public double NewItemRate { get; init; }

    /// <summary>Weight λ of the loss of <see cref="Enhancement.Alignment"/> beside that of ranking, 0 to 10. Default 0.1, chosen on validation.</summary>
    public double AlignmentWeight { get; init; } = 0.1;

    /// <summary>Temperature τ of <see cref="Enhancement.Alignment"/>, 0.01 to 10: the smaller, the more the nearest of the others count. Default 0.1.</summary>
    public double AlignmentTemperature { get; init; } = 0.1;

    /// <summary>Dropout on the graph vector's projection, 0 to 0.9. Default 0.1.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Whether training stops early on validation rows; otherwise all epochs run. Default true.</summary>
    public bool EarlyStopping { get; init; } = true;

    /// <summary>
    /// File that keeps the state of a running fit; a fit with the same options, seed and data goes on from it, on the CPU with as many threads to the
    /// same bits as without the interruption, and deletes it at the end. Modules of your own are known by the names of their types and by the
    /// tensors in them that are not trained: where you change their code, delete the file. Default null: none.
    /// </summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Epochs between two checkpoints, 1 to 100,000. Default 1.</summary>
    public int CheckpointEvery { get; init; } = 1;

    /// <summary>Seed. Default null: the seed of the <c>MLContext</c>, or 0.</summary>
    public int? Seed { get; init; }

    /// <summary>Receives one report per epoch.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Stops the fit.</summary>
    public CancellationToken CancellationToken { get; init; }

    private const Enhancement AllEnhancements = Enhancement.AutoGraph | Enhancement.FrozenVectors | Enhancement.Kar | Enhancement.Uist | Enhancement.LightGcn |
        Enhancement.Ccgnn | Enhancement.TopoI2I | Enhancement.HistoryField | Enhancement.Alignment;

    /// <summary>Whether graph vectors are read.</summary>
    internal bool ReadsGraphVectors => (Enhancement & (Enhancement.AutoGraph | Enhancement.FrozenVectors)) != 0;

    /// <summary>Whether the graph or its codes are needed.</summary>
    internal bool NeedsGraph => (Enhancement & (Enhancement.AutoGraph | Enhancement.FrozenVectors | Enhancement.Uist)) != 0;

    /// <summary>Throws an <see cref="ArgumentException"/> that lists every invalid option.</summary>
    internal void Validate() => new Problems(nameof(RecommenderOptions))
        .Require(Enum.IsDefined(Backbone), $"{nameof(Backbone)}: expected a named backbone, found {Backbone}")
        .Require((Enhancement & ~AllEnhancements) == 0, $"{nameof(Enhancement)}: expected a combination of the named enhancements, found {Enhancement}")
        .Require(!Enhancement.HasFlag(Enhancement.AutoGraph | Enhancement.FrozenVectors), $"{nameof(Enhancement)}: expected either AutoGraph or FrozenVectors, found {Enhancement}")
        .Range(nameof(PropagationLayers), PropagationLayers, 1, 8)
        .Range(nameof(NeighborSample), NeighborSample, 1, 10_000)
        .Range(nameof(GraphHeads), GraphHeads, 1, 16)
        .Range(nameof(GraphLayers), GraphLayers, 1, 3)
        .Require(GraphDropout is >= 0 and < 1, FormattableString.Invariant($"{nameof(GraphDropout)}: expected at least 0 and below 1, found {GraphDropout}"))
        .Require((Enhancement & (Enhancement.Ccgnn | Enhancement.TopoI2I)) == 0 || GraphHeads < 1 || Dimension % GraphHeads == 0, $"{nameof(GraphHeads)}: expected a divisor of {nameof(Dimension)} {Dimension}, found {GraphHeads}")
        .Range(nameof(Dimension), Dimension, 1, 1024)
        .Require(HiddenWidths?.All(width => width is >= 1 and <= 16_384) == true, $"{nameof(HiddenWidths)}: expected widths from 1 to 16384, found {(HiddenWidths is null ? "null" : string.Join(", ", HiddenWidths))}")
        .Range(nameof(HistoryLength), HistoryLength, 1, 10_000)
        .Range(nameof(HistoryLayers), HistoryLayers, 1, 3)
        .Require(HistoryHeads is 1 or 2 or 4, $"{nameof(HistoryHeads)}: expected 1, 2 or 4, found {HistoryHeads}")
        .Require(Backbone != Backbone.SasRec || HistoryHeads < 1 || Dimension % HistoryHeads == 0, $"{nameof(HistoryHeads)}: expected a divisor of {nameof(Dimension)} {Dimension}, found {HistoryHeads}")
        .Range(nameof(HistoryDropout), HistoryDropout, 0, 0.9)
        .Range(nameof(Capsules), Capsules, 1, 16)
        .Range(nameof(RoutingIterations), RoutingIterations, 1, 10)
        .Range(nameof(LabelAwarePower), LabelAwarePower, 0, 100)
        .Range(nameof(MinHistory), MinHistory, 1, 10_000)
        .Require(Enum.IsDefined(Loss), $"{nameof(Loss)}: expected one of {string.Join(", ", Enum.GetNames<RankingLoss>())}, found {Loss}")
        .Require(Enum.IsDefined(NegativeSource), $"{nameof(NegativeSource)}: expected one of {string.Join(", ", Enum.GetNames<NegativeSource>())}, found {NegativeSource}")
        .Range(nameof(Negatives), Negatives, 1, 100_000)
        .Range(nameof(PopularityPower), PopularityPower, 0, 2)
        .Range(nameof(BatchSize), BatchSize, 1, 10_000_000)
        .Range(nameof(LearningRate), LearningRate, 1e-8, 1)
        .Require(Enum.IsDefined(Schedule), $"{nameof(Schedule)}: expected one of {string.Join(", ", Enum.GetNames<LearningRateSchedule>())}, found {Schedule}")
        .Require(Schedule != LearningRateSchedule.Plateau || EarlyStopping, $"{nameof(Schedule)}: expected {nameof(EarlyStopping)} with {LearningRateSchedule.Plateau}, which reads validation figures, found none")
        .Range(nameof(WarmUpEpochs), WarmUpEpochs, 0, Math.Max(0, Epochs))
        .Range(nameof(DecayFactor), DecayFactor, 0.001, 0.999)
        .Range(nameof(Decays), Decays, 0, 100)
        .Range(nameof(GradientClip), GradientClip ?? 1, 1e-6, 1e6)
        .Range(nameof(WeightDecay), WeightDecay, 0, 1)
        .Range(nameof(EmbeddingDecay), EmbeddingDecay ?? 0, 0, 10)
        .Require(!(EmbeddingDecay * LearningRate > 1), $"{nameof(EmbeddingDecay)}: expected at most 1 / {nameof(LearningRate)} = {1 / LearningRate}, found {EmbeddingDecay}")
        .Range(nameof(WeightAverage), WeightAverage, 0, 0.99999)
        .Range(nameof(Epochs), Epochs, 1, 100_000)
        .Range(nameof(Patience), Patience, 1, 100_000)
        .Range(nameof(CheckpointEvery), CheckpointEvery, 1, 100_000)
        .FileToWrite(nameof(CheckpointPath), CheckpointPath)
        .Range(nameof(UnknownRate), UnknownRate, 0, 0.5)
        .Range(nameof(NewItemRate), NewItemRate, 0, 0.5)
        .Range(nameof(AlignmentWeight), AlignmentWeight, 0, 10)
        .Range(nameof(AlignmentTemperature), AlignmentTemperature, 0.01, 10)
        .Range(nameof(Dropout), Dropout, 0, 0.9)
        .Throw();
}
