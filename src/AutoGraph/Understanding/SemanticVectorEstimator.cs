using System.Globalization;
using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.Knowledge;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace AutoGraph;

/// <summary>Step 1: turns each row into a semantic vector of what is known about it (paper §3.2.1).</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Column</term><description>Type</description></listheader>
/// <item><term>Input</term><description>A text column, an id column (recorded knowledge), or the columns of a prompt.</description></item>
/// <item><term>Output</term><description>Vector of <see cref="float"/> of length 1; zero where the encoder knows nothing of the text.</description></item>
/// </list>
/// <c>Fit</c> asks the language model, with bounded concurrency, and stores each answer before the next counts; getters only read.
/// </remarks>
public sealed class SemanticVectorEstimator : IEstimator<SemanticVectorTransformer>
{
    private const int Examples = 5;
    private readonly IHostEnvironment _environment;
    private readonly string _output;
    private readonly SemanticVectorOptions _options;

    internal SemanticVectorEstimator(IHostEnvironment environment, string output, SemanticVectorOptions options)
    {
        options.Check();
        (_environment, _output, _options) = (environment, output, options);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An input column is missing or of a wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        if (_options.TextColumn is { } text) ColumnKind.Text.Require(inputSchema, text, "the text to encode");
        if (_options.RecordedKnowledge is not null) ColumnKind.Id.Require(inputSchema, _options.IdColumn!, "the id of recorded knowledge");
        _options.Prompt?.Validate(inputSchema.Select(column => column.Name));
        return SchemaTools.Add(inputSchema, CodeColumns.Vector(_output, width: 1));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type, the table is empty, or a row has no text.</exception>
    /// <exception cref="InvalidOperationException">The language model did not answer for some rows; the answers so far are stored.</exception>
    public SemanticVectorTransformer Fit(IDataView input) =>
        // Off this thread: its synchronisation context, if any, must not be waited for.
        Task.Run(() => FitAsync(input, _options.CancellationToken)).GetAwaiter().GetResult();

    /// <inheritdoc cref="Fit"/>
    /// <param name="input">The table.</param>
    /// <param name="cancellationToken">Stops the fit; answers so far are kept.</param>
    public async Task<SemanticVectorTransformer> FitAsync(IDataView input, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        var source = TextSource.Create(_options, input.Schema);
        var rows = ReadRows(input, source);
        var generator = source.Kind == TextSource.Origin.Model && _options.ChatClient is not null
            ? new KnowledgeGenerator(_options.ChatClient, _options.Store!, _options.Prompt!.Id, _options.Generation) : null;
        var answers = source.Kind != TextSource.Origin.Model ? null
            : generator?.Source ?? new KnowledgeSource(_options.Prompt!.Id, _options.Generation.Model!, KnowledgeSource.Describe(_options.Generation.Chat));
        if (generator is not null) await AskAsync(generator, rows, cancellationToken).ConfigureAwait(false);

        var texts = Texts(rows, source, answers);
        var corpus = _options.Encoder is null ? CorpusEncoder.Fit(texts, _options.Corpus with { Seed = _environment.SeedFor(_options.Seed) }, cancellationToken) : null;
        var embedder = Embedder(corpus);
        var vectors = await embedder.EmbedAsync(texts, cancellationToken: cancellationToken).ConfigureAwait(false);
        _environment.Log("SemanticVector", [string.Create(CultureInfo.InvariantCulture,
            $"'{_output}': {rows.Count} distinct texts ({source.Kind}) in {vectors.GetLength(1)} dimensions by {(corpus is null ? embedder.EncoderId : $"the corpus encoder (TF-IDF and SVD, {corpus.VocabularySize} words)")}.")]);
        return new SemanticVectorTransformer(_output, source, VectorsByKey.Of([.. rows.Select(row => row.Key)], vectors), corpus, answers,
            new SemanticServices(embedder, _options.Store, generator));
    }

    private TextEmbedder Embedder(CorpusEncoder? corpus)
    {
        var options = new TextEmbedderOptions { BatchSize = _options.BatchSize };
        if (corpus is not null) return new TextEmbedder(corpus, null, options);
        // Vectors can be stored only under the name of a model.
        var plain = new TextEmbedder(_options.Encoder!, null, options);
        return _options.Store is not null && plain.EncoderId.Length > 0 ? new TextEmbedder(_options.Encoder!, _options.Store, options) : plain;
    }

    private async Task AskAsync(KnowledgeGenerator generator, List<TextSource.Row> rows, CancellationToken cancellationToken)
    {
        var report = await generator.GenerateAsync(rows.Select((row, i) => new KnowledgeRequest(i.ToString(CultureInfo.InvariantCulture), row.Key)), _options.Progress, cancellationToken).ConfigureAwait(false);
        _environment.Log("SemanticVector", [$"'{_output}': {report}."]);
        report.ThrowIfFailed();
    }

    private string[] Texts(List<TextSource.Row> rows, TextSource source, KnowledgeSource? answers)
    {
        var missing = new List<string>();
        var texts = new string[rows.Count];
        for (int row = 0; row < texts.Length; row++)
        {
            string? text = source.Kind switch
            {
                TextSource.Origin.Recorded => _options.RecordedKnowledge!.GetValueOrDefault(rows[row].Key) is { } recorded && !string.IsNullOrWhiteSpace(recorded) ? recorded : rows[row].Text,
                TextSource.Origin.Model => _options.Store!.Find(answers!.KeyOf(rows[row].Key))?.Text,
                _ => rows[row].Text,
            };
            if (string.IsNullOrWhiteSpace(text)) missing.Add(rows[row].Key);
            texts[row] = text ?? "";
        }
        if (missing.Count == 0) return texts;
        string found = $"found none for {missing.Count}, such as {string.Join(", ", missing.Take(Examples).Select(key => $"'{(key.Length <= 60 ? key : key[..60] + "…")}'"))}";
        throw new ArgumentException(source.Kind switch
        {
            TextSource.Origin.Recorded => $"Expected recorded knowledge for {rows.Count} ids, {found}. Record them, or give a Prompt whose facts stand in.",
            TextSource.Origin.Model => $"Expected stored answers of {answers!.Model} for {rows.Count} prompts of {answers.PromptVersion}, {found}. Give a ChatClient to ask for them.",
            _ => $"Expected a text in every row for '{_output}', {found}. Remove the rows or give them a text.",
        });
    }

    private static List<TextSource.Row> ReadRows(IDataView input, TextSource source)
    {
        var needed = source.Check(input.Schema).ToHashSet(StringComparer.Ordinal);
        var (rows, seen, any) = (new List<TextSource.Row>(), new HashSet<string>(StringComparer.Ordinal), false);
        using var cursor = input.GetRowCursor(input.Schema.Where(column => !column.IsHidden && needed.Contains(column.Name)));
        for (var read = source.Reader(cursor); cursor.MoveNext(); any = true)
            if (read() is var row && seen.Add(row.Key)) rows.Add(row);
        return any ? rows : throw new ArgumentException("Expected rows to understand, found an empty table. Check the file and the filters before this step.");
    }
}
