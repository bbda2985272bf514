using AutoGraph.Core.Interactions;
using AutoGraph.Datasets;
using AutoGraph.Onnx;
using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.Knowledge;
using Microsoft.Extensions.AI;

namespace AutoGraph.Experiments;

/// <summary>Semantic vectors of all users and items of a run.</summary>
/// <param name="Users">[U, V].</param>
/// <param name="Items">[I, V].</param>
/// <param name="ItemTexts">The texts of all items.</param>
/// <param name="Source">How they were made, for the result.</param>
internal sealed record SemanticVectors(float[,] Users, float[,] Items, IReadOnlyList<string> ItemTexts, string Source)
{
    private const int Titles = 30;

    public static async Task<SemanticVectors> MakeAsync(ExperimentData data, RunOptions options, CancellationToken cancellationToken)
    {
        var items = TextsOfItems(data, options);
        var users = UserTexts(data, options);
        using var encoder = EncoderOf(data, items, options, cancellationToken);
        using var store = Store(options.Cache);
        var embedder = new TextEmbedder(encoder, encoder is CorpusEncoder ? null : store);
        var itemVectors = await embedder.EmbedAsync(items, cancellationToken: cancellationToken);
        var userVectors = users is null ? Means(data.All.Select([.. data.Split.Train]), itemVectors) : await embedder.EmbedAsync(users, cancellationToken: cancellationToken);
        string knowledge = options.ItemsKnowledge?.Name ?? (data.OwnKnowledge is null ? "attributes" : "simulated knowledge");
        return new(userVectors, itemVectors, items, $"items: {knowledge}; users: {RunCommand.Name(options.UserTextOrDefault)}; encoder: {embedder.EncoderId}");
    }

    /// <summary>What a run reads: these, or with <see cref="RunOptions.Vectors"/> shuffled those of other rows of the same side, which are the rows whose codes <see cref="FactorCodes"/> shuffles in.</summary>
    public SemanticVectors Read(RunOptions options) => options.Vectors == Control.Real ? this : this with { Users = Shuffled(Users, options.Seed), Items = Shuffled(Items, options.Seed) };

    /// <summary>The encoder that was asked for, or one fitted on the texts of the items that there are while training.</summary>
    internal static IEmbeddingGenerator<string, Embedding<float>> EncoderOf(ExperimentData data, IReadOnlyList<string> items, RunOptions options, CancellationToken cancellationToken) => options.Encoder is null
        ? CorpusEncoder.Fit([.. data.KnownItems.Select(item => items[item])], cancellationToken: cancellationToken)
        : OnnxTextEncoder.Load(options.Encoder.FullName);

    /// <summary>The same rows in another order: the control.</summary>
    internal static float[,] Shuffled(float[,] vectors, int seed)
    {
        int[] rows = [.. Enumerable.Range(0, vectors.GetLength(0))];
        new Random(seed).Shuffle(rows);
        var shuffled = new float[rows.Length, vectors.GetLength(1)];
        for (int row = 0; row < rows.Length; row++)
            for (int d = 0; d < shuffled.GetLength(1); d++) shuffled[row, d] = vectors[rows[row], d];
        return shuffled;
    }

    /// <summary>The text of each item: recorded knowledge, otherwise its facts.</summary>
    internal static List<string> TextsOfItems(ExperimentData data, RunOptions options)
    {
        var recorded = options.ItemsKnowledge is null ? data.OwnKnowledge?.Items : KnowledgeFile.Read(options.ItemsKnowledge.FullName).Texts;
        return [.. Enumerable.Range(0, data.All.Items.Count).Select(item => recorded?.GetValueOrDefault(data.All.Items[item]) ?? data.ItemFacts(item))];
    }

    /// <summary>Null for <see cref="UserText.Mean"/>, which needs no text.</summary>
    internal static List<string>? UserTexts(ExperimentData data, RunOptions options)
    {
        if (options.UserTextOrDefault == UserText.Mean) return null;
        var recorded = options.UserTextOrDefault != UserText.Llm ? null
            : options.UsersKnowledge is not null ? KnowledgeFile.Read(options.UsersKnowledge.FullName).Texts
            : data.OwnKnowledge?.Users ?? throw new ArgumentException("--user-text llm needs --users-knowledge with recorded answers.");
        var histories = new UserHistories(data.All.Select([.. data.Split.Train]));
        return [.. Enumerable.Range(0, data.All.Users.Count).Select(user => recorded?.GetValueOrDefault(data.All.Users[user])
            ?? data.UserFacts(user, [.. histories.ItemsOf(user)[..Math.Min(Titles, histories.ItemsOf(user).Length)].ToArray().Select(data.ItemTitle)]))];
    }

    /// <summary>Normalised mean of each user's training items. A user without any gets the mean over all items.</summary>
    internal static float[,] Means(InteractionTable train, float[,] items)
    {
        int width = items.GetLength(1);
        var histories = new UserHistories(train);
        int[] all = [.. Enumerable.Range(0, items.GetLength(0))];
        var means = new float[histories.UserCount, width];
        for (int user = 0; user < histories.UserCount; user++)
        {
            var own = histories.ItemsOf(user).Length > 0 ? histories.ItemsOf(user) : all;
            double norm = 0;
            for (int d = 0; d < width; d++)
            {
                double sum = 0;
                foreach (int item in own) sum += items[item, d];
                means[user, d] = (float)(sum / own.Length);
                norm += means[user, d] * (double)means[user, d];
            }
            for (int d = 0; d < width && norm > 0; d++) means[user, d] /= (float)Math.Sqrt(norm);
        }
        return means;
    }

    private static SqliteKnowledgeStore? Store(FileInfo? file)
    {
        if (file is null) return null;
        file.Directory?.Create();
        return new SqliteKnowledgeStore(file.FullName);
    }
}
