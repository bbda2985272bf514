using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>The arguments of a run, and how they become its options.</summary>
internal sealed class RunArguments
{
    /// <summary>The option that names one data set; commands over several have <see cref="PlanArguments"/> instead.</summary>
    internal const string Dataset = "--dataset";

    /// <summary>The two forms of the semantic paths, in results as well.</summary>
    internal const string TwoHop = "two-hop", Pairwise = "pairwise";

    private readonly List<Option> _options = [];
    private readonly Func<ParseResult, RunOptions> _read;

    public RunArguments()
    {
        Option<string> dataset = new(Dataset) { Description = $"{string.Join(", ", DataSets.Names)} (simulated)" };
        dataset.AcceptOnlyFromAmong(DataSets.Names);
        Option<DirectoryInfo?> data = new("--data") { Description = "Folder of the data set" };
        Option<DirectoryInfo?> dataRoot = new("--data-root") { Description = "Folder with a folder for each data set (ml-1m, ml-100k, amazon-beauty, book-crossing, lastfm-hetrec2011); recorded texts at their place in it are used where --items-knowledge and --users-knowledge are not given" };
        var backbone = Choice("--backbone", "Sequence model", Backbone.YouTubeDnn);
        var enhance = Enhancements.Option("What is added to the backbone", Enhancement.None);
        Option<int> seed = new("--seed") { Description = "Seed of everything random", DefaultValueFactory = _ => 1 };
        Option<FileInfo?> itemsKnowledge = new("--items-knowledge") { Description = "Recorded knowledge of items: JSON object id → text, or JSON Lines with id and text" };
        Option<FileInfo?> usersKnowledge = new("--users-knowledge") { Description = "Recorded knowledge of users" };
        Option<DirectoryInfo?> encoder = new("--encoder") { Description = "Folder of an ONNX sentence encoder; without it the corpus encoder (TF-IDF + SVD)" };
        var userText = Choice("--user-text", "What user vectors are made of; without it llm where there are recorded texts of users, otherwise template", UserText.Template);
        var codes = Choice("--codes", "Codes of their own rows, or shuffled among rows (control)", Control.Real);
        var vectors = Choice("--vectors", "Semantic vectors of their own rows, or shuffled among rows (control)", Control.Real);
        var quantizer = FactorCodes.QuantizerOption();
        Option<string[]> without = new("--without") { Description = "Metapaths switched off: uqu, iqi, ui", DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true };
        without.AcceptOnlyFromAmong("uqu", "iqi", "ui");
        Option<int> levels = new("--levels") { Description = "Code levels that become factor nodes", DefaultValueFactory = _ => 2 };
        var userNeighbors = Choice("--user-neighbors", "Interactions that a user's graph vector reads", UserNeighbors.Latest);
        Option<int> neighbors = new("--neighbors") { Description = "Interaction neighbours per node", DefaultValueFactory = _ => 15 };
        Option<int> graphLayers = new("--graph-layers") { Description = "Rounds of attention in autograph, ccgnn and topoi2i: 1 to 3", DefaultValueFactory = _ => 1 };
        graphLayers.Validators.Add(result => { if (result.GetValue(graphLayers) is < 1 or > 3) result.AddError("--graph-layers: expected 1 to 3."); });
        Option<double> graphDropout = new("--graph-dropout") { Description = "Dropout on what attention reads and on its weights in the same: at least 0 and below 1" };
        Option<double> dropout = new("--dropout") { Description = "Dropout on the projections of graph, content and knowledge fields: 0 to 0.9", DefaultValueFactory = _ => 0.1 };
        dropout.Validators.Add(Between(dropout, 0, 0.9));
        Option<double> historyDropout = new("--history-dropout") { Description = "Dropout within gru4rec and sasrec: 0 to 0.9", DefaultValueFactory = _ => 0.1 };
        historyDropout.Validators.Add(Between(historyDropout, 0, 0.9));
        graphDropout.Validators.Add(result => { if (result.GetValue(graphDropout) is not (>= 0 and < 1)) result.AddError("--graph-dropout: expected at least 0 and below 1."); });
        Option<bool> attentionV2 = new("--attention-v2") { Description = "GATv2 in every step of the graph" };
        Option<bool> contentNodes = new("--content-nodes") { Description = "Node embeddings with semantic vectors, factors that start from codebook vectors" };
        Option<bool> gates = new("--gates") { Description = "A learned gate on each path, reported in the result" };
        Option<string> semantics = new("--semantics") { Description = "Semantic paths through factor nodes, or over all members who share a factor (Eq. 6 as printed)", DefaultValueFactory = _ => TwoHop };
        semantics.AcceptOnlyFromAmong(TwoHop, Pairwise);
        Option<bool> plainHistory = new("--plain-history") { Description = "The backbone reads the ids of history items alone, not their semantic and graph fields" };
        Option<bool?> userContent = new("--user-content") { Description = "Whether kar reads users' own vectors beside those of items: true or false; without it where --user-text is llm, since means and lists of training items tell the targets" };
        Option<bool> validationOnly = new("--validation-only") { Description = "Leaves the test split unread, for comparisons that choose something" };
        Option<double> trainUsers = new("--train-users") { Description = "Part of the users who train; all are tested", DefaultValueFactory = _ => 1 };
        trainUsers.Validators.Add(Between(trainUsers, 0.001, 1));
        Option<double> coldItems = new("--cold-items") { Description = "Part of the items that training never sees and that are tested for themselves (cold regime), for example 0.1" };
        coldItems.Validators.Add(Between(coldItems, 0, 0.9));
        Option<int?> minHistory = new("--min-history") { Description = "Earlier positives that make a row a sample; without it 1 for amazon-beauty and 5 for the others" };
        minHistory.Validators.Add(result => { if (result.GetValue(minHistory) < 1) result.AddError("--min-history: expected at least 1."); });
        Option<int> epochs = new("--epochs") { Description = "Epochs at most", DefaultValueFactory = _ => 100 };
        Option<int> patience = new("--patience") { Description = "Epochs without a better validation NDCG@10 before training stops", DefaultValueFactory = _ => 3 };
        Option<int> batch = new("--batch") { Description = "Samples per step", DefaultValueFactory = _ => 1024 };
        Option<double> learningRate = new("--learning-rate") { Description = "Learning rate of AdamW; the default was chosen on validation at batch 1,024", DefaultValueFactory = _ => 3e-3 };
        learningRate.Validators.Add(Between(learningRate, 1e-8, 1));
        Option<double> weightDecay = new("--weight-decay") { Description = "Weight decay of AdamW", DefaultValueFactory = _ => 1e-2 };
        weightDecay.Validators.Add(Between(weightDecay, 0, 1));
        Option<bool> sparseUpdates = new("--sparse-updates") { Description = "Rows of embedding tables that a step did not read stay as they are" };
        Option<double?> embeddingDecay = new("--embedding-decay") { Description = "Weight decay of embedding tables; without it 0.15, less where that takes more than a quarter of a row in an epoch" };
        Option<int> towerLayers = new("--tower-layers") { Description = "Layers of both towers, each half as wide as the one before: 2 (64, 32) or 3 (128, 64, 32)", DefaultValueFactory = _ => 2 };
        towerLayers.Validators.Add(result => { if (result.GetValue(towerLayers) is not (2 or 3)) result.AddError("--tower-layers: expected 2 or 3."); });
        Option<int> historyLayers = new("--history-layers") { Description = "Layers of gru4rec and sasrec", DefaultValueFactory = _ => 1 };
        Option<int> historyHeads = new("--history-heads") { Description = "Attention heads of sasrec", DefaultValueFactory = _ => 1 };
        Option<int> propagationLayers = new("--propagation-layers") { Description = "Layers of lightgcn", DefaultValueFactory = _ => 3 };
        Option<int> graphHeads = new("--graph-heads") { Description = "Attention heads of ccgnn and topoi2i", DefaultValueFactory = _ => 2 };
        var loss = Choice("--loss", "What training makes small", RankingLoss.SampledSoftmax);
        var negatives = Choice("--negatives", "Where negatives come from", NegativeSource.Uniform);
        Option<int> negativeCount = new("--negative-count") { Description = "Negatives per sample, or per batch where they are shared", DefaultValueFactory = _ => 50 };
        var schedule = Choice("--schedule", "How the learning rate goes on; plateau lowers it where patience runs out", LearningRateSchedule.Constant);
        Option<double> warmUp = new("--warmup") { Description = "Epochs, or parts of one, over which the learning rate rises from 0" };
        Option<double> decayFactor = new("--decay-factor") { Description = "What the learning rate is multiplied by where patience runs out, with --schedule plateau", DefaultValueFactory = _ => 0.3 };
        Option<int> decays = new("--decays") { Description = "How often that happens before training stops", DefaultValueFactory = _ => 2 };
        Option<double?> clip = new("--clip") { Description = "Norm to which longer gradients are shortened" };
        Option<FileInfo?> resume = new("--resume") { Description = "File that keeps the state of the running training after each epoch; a run that finds it goes on from there, and deletes it at the end" };
        Option<double> newItems = new("--new-item-rate") { Description = "Part of the items that stand as new in each training step" };
        newItems.Validators.Add(Between(newItems, 0, 0.5));
        Option<double> alignmentWeight = new("--alignment-weight") { Description = "Weight of the loss of alignment beside that of ranking", DefaultValueFactory = _ => new RecommenderOptions().AlignmentWeight };
        alignmentWeight.Validators.Add(Between(alignmentWeight, 0, 10));
        Option<double> alignmentTemperature = new("--alignment-temperature") { Description = "Temperature of alignment", DefaultValueFactory = _ => new RecommenderOptions().AlignmentTemperature };
        alignmentTemperature.Validators.Add(Between(alignmentTemperature, 0.01, 10));
        Option<int?> threads = new("--threads") { Description = "CPU threads" };
        Option<FileInfo?> json = new("--json") { Description = "File that receives the result; without it the console does" };
        Option<FileInfo?> cache = new("--cache") { Description = "SQLite file that keeps text embeddings between runs", DefaultValueFactory = _ => new FileInfo(Path.Combine("artifacts", "experiments", "embeddings.db")) };

        _options.AddRange([
            dataset, data, dataRoot, backbone, enhance, seed, itemsKnowledge, usersKnowledge, encoder, userText, codes, vectors, quantizer,
            without, levels, userNeighbors, neighbors, graphLayers, graphDropout, dropout, historyDropout, attentionV2, contentNodes, gates, semantics, plainHistory, userContent,
            validationOnly, trainUsers, coldItems, minHistory, epochs, patience, batch, learningRate, weightDecay, embeddingDecay, sparseUpdates,
            towerLayers, historyLayers, historyHeads, propagationLayers, graphHeads, loss, negatives, negativeCount, schedule, warmUp, decayFactor, decays, clip, newItems, alignmentWeight, alignmentTemperature,
            resume, threads, json, cache,
        ]);
        _read = parsed => new RunOptions
        {
            Dataset = Value(parsed, dataset) ?? "",
            Data = Value(parsed, data),
            DataRoot = Value(parsed, dataRoot),
            Backbone = Value(parsed, backbone),
            Enhance = Value(parsed, enhance),
            Seed = Value(parsed, seed),
            ItemsKnowledge = Value(parsed, itemsKnowledge),
            UsersKnowledge = Value(parsed, usersKnowledge),
            Encoder = Value(parsed, encoder),
            UserText = parsed.GetResult(userText) is null or { Implicit: true } ? null : Value(parsed, userText),
            Codes = Value(parsed, codes),
            Vectors = Value(parsed, vectors),
            Quantizer = FactorCodes.QuantizerOf(Value(parsed, quantizer)!),
            Without = Value(parsed, without)!.Select(PathOf).Aggregate(Metapaths.None, (all, path) => all | path),
            Levels = Value(parsed, levels),
            UserNeighbors = Value(parsed, userNeighbors),
            Neighbors = Value(parsed, neighbors),
            GraphLayers = Value(parsed, graphLayers),
            GraphDropout = Value(parsed, graphDropout),
            Dropout = Value(parsed, dropout),
            HistoryDropout = Value(parsed, historyDropout),
            AttentionV2 = Value(parsed, attentionV2),
            ContentNodes = Value(parsed, contentNodes),
            Gates = Value(parsed, gates),
            Pairwise = Value(parsed, semantics) == Pairwise,
            EnhancedHistory = !Value(parsed, plainHistory),
            UserContent = Value(parsed, userContent),
            ValidationOnly = Value(parsed, validationOnly),
            TrainUsers = Value(parsed, trainUsers),
            ColdItems = Value(parsed, coldItems),
            MinHistory = Value(parsed, minHistory),
            Epochs = Value(parsed, epochs),
            Patience = Value(parsed, patience),
            Batch = Value(parsed, batch),
            LearningRate = Value(parsed, learningRate),
            WeightDecay = Value(parsed, weightDecay),
            EmbeddingDecay = Value(parsed, embeddingDecay),
            SparseUpdates = Value(parsed, sparseUpdates),
            HiddenWidths = WidthsOf(Value(parsed, towerLayers)),
            HistoryLayers = Value(parsed, historyLayers),
            HistoryHeads = Value(parsed, historyHeads),
            PropagationLayers = Value(parsed, propagationLayers),
            GraphHeads = Value(parsed, graphHeads),
            Loss = Value(parsed, loss),
            Negatives = Value(parsed, negatives),
            NegativeCount = Value(parsed, negativeCount),
            Schedule = Value(parsed, schedule),
            WarmUp = Value(parsed, warmUp),
            DecayFactor = Value(parsed, decayFactor),
            Decays = Value(parsed, decays),
            Clip = Value(parsed, clip),
            NewItemRate = Value(parsed, newItems),
            AlignmentWeight = Value(parsed, alignmentWeight),
            AlignmentTemperature = Value(parsed, alignmentTemperature),
            Resume = Value(parsed, resume),
            Threads = Value(parsed, threads),
            Json = Value(parsed, json),
            Cache = Value(parsed, cache),
        };
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => _options;

    /// <summary>The options of a run.</summary>
    public RunOptions Read(ParseResult parsed) => _read(parsed);

    /// <summary>Hidden widths of towers with so many layers, each half as wide as the one before, the last one 32 (App. D.2).</summary>
    internal static IReadOnlyList<int> WidthsOf(int layers) => layers == 3 ? [128, 64] : [64];

    /// <summary>What was given, or the default, also where the command does not have the option.</summary>
    private static T? Value<T>(ParseResult parsed, Option<T> option) =>
        parsed.GetResult(option) is null && option.DefaultValueFactory is { } standard ? standard(null!) : parsed.GetValue(option);

    private static Metapaths PathOf(string name) => name switch { "uqu" => Metapaths.UserSemantic, "iqi" => Metapaths.ItemSemantic, _ => Metapaths.Interaction };

    /// <summary>An option that takes a value of an enumeration by its name, in any case.</summary>
    internal static Option<T> Choice<T>(string name, string description, T standard, params T[] hidden) where T : struct, Enum
    {
        string[] names = [.. Enum.GetValues<T>().Except(hidden).Select(value => RunCommand.Name(value))];
        var option = new Option<T>(name)
        {
            Description = $"{description}: {string.Join(", ", names)}",
            DefaultValueFactory = _ => standard,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                foreach (var value in Enum.GetValues<T>().Except(hidden))
                    if (RunCommand.Name(value).Equals(text, StringComparison.OrdinalIgnoreCase)) return value;
                result.AddError($"{name}: expected {string.Join(", ", names)}, found '{text}'.");
                return standard;
            },
        };
        option.OnlyNames(names);
        return option;
    }

    private static Action<OptionResult> Between(Option<double> option, double lowest, double highest) => result =>
    {
        if (result.GetValue(option) is var value && !(value >= lowest && value <= highest))
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name}: expected {lowest} to {highest}, found {value}."));
    };
}
