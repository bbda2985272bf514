using System.Globalization;
using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.Knowledge;
using Microsoft.Extensions.AI;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace AutoGraph;

/// <summary>Step 1: what a language model knows about each row, as a vector (paper §3.2.1, Eq. 3).</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Column</term><description>Type</description></listheader>
/// <item><term>Input</term><description>The columns that the prompt names, a column of text, or an id column for recorded answers.</description></item>
/// <item><term>Output</term><description>Vector of <see cref="float"/> of length 1 (or 0, where the encoder knows nothing of the text).</description></item>
/// </list>
/// Only <c>Fit</c> and <see cref="FitAsync"/> ask the language model; the transformer never does while rows are pulled.
/// </remarks>
public sealed class SemanticVectorEstimator : IEstimator<SemanticVectorTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly string _output;
    private readonly SemanticVectorOptions _options;

    internal SemanticVectorEstimator(IHostEnvironment environment, string output, SemanticVectorOptions options)
    {
        options.Validate();
        (_environment, _output, _options) = (environment, output, options);
        _ = Generator();        // refuses its options now, not after other steps were paid for
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        if (_options.TextColumn is not null) ColumnKind.Text.Require(inputSchema, _options.TextColumn, "the text");
        if (_options.IdColumn is not null) ColumnKind.Id.Require(inputSchema, _options.IdColumn, "the id");
        if (_options.Prompt is not null) TextSource.Readable(_options, inputSchema.Select(column => new RowValue.Found(column)));
        return SchemaTools.Add(inputSchema, CodeColumns.Vector(_output, 1));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The table is empty, a column is missing or of a wrong type, or a row has no text.</exception>
    /// <exception cref="InvalidOperationException">Rows got no answer from the language model; all other answers are stored.</exception>
    public SemanticVectorTransformer Fit(IDataView input) => FitAsync(input).GetAwaiter().GetResult();

    /// <summary>Fits without blocking a thread while the language model and the encoder work.</summary>
    /// <param name="input">The table.</param>
    /// <param name="cancellationToken">Stops the fit, as does <see cref="SemanticVectorOptions.CancellationToken"/>.</param>
    /// <inheritdoc cref="Fit" path="/exception"/>
    public async Task<SemanticVectorTransformer> FitAsync(IDataView input, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _options.CancellationToken);
        cancellationToken = either.Token;
        var generator = Generator();
        var source = TextSource.For(input.Schema, _options, generator?.Source);
        var rows = Read(input, source);
        if (generator is not null) await AskAsync(generator, rows, cancellationToken).ConfigureAwait(false);
        var texts = rows.ConvertAll(row => TextOf(row, generator?.Source));

        var encoder = _options.Encoder;
        var corpus = encoder is null ? CorpusEncoder.Fit(texts, _options.Corpus ?? new() { Seed = _environment.SeedFor(null) }, cancellationToken) : null;
        var embedder = Embedder(encoder ?? corpus!, encoder is null ? null : _options.Store);
        var vectors = await embedder.EmbedAsync(texts, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (vectors.GetLength(1) == 0) throw new ArgumentException($"Expected texts that the encoder understands, found none in {texts.Count} rows. Check the text column or the recorded answers.");
        _environment.Log("SemanticVector", [string.Create(CultureInfo.InvariantCulture, $"'{_output}': {texts.Count} texts in {vectors.GetLength(1)} dimensions by {embedder.EncoderId}.")]);
        var known = KnownVectors.From(rows.Select(row => row.Id is { } id && Recorded(id) is not null ? row : row with { Id = null }), vectors);
        return new SemanticVectorTransformer(_output, source, known, corpus, encoder is null ? "" : embedder.EncoderId, new Services(encoder, _options.ChatClient, _options.Store, _options.Generation));
    }

    /// <summary>What <c>Fit</c> would ask of the language model, before anything is spent: prompts, tokens, price, hours.</summary>
    /// <param name="input">The table to be fitted on.</param>
    /// <param name="options">What is expected; null for the defaults.</param>
    /// <exception cref="InvalidOperationException">The texts do not come from a language model.</exception>
    /// <exception cref="ArgumentException">The table is empty, or a column is missing or of a wrong type.</exception>
    public KnowledgeEstimate Estimate(IDataView input, KnowledgeEstimateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        var generator = Generator() ?? throw new InvalidOperationException($"Expected a ChatClient for '{_output}' to estimate, found none: nothing is asked, and nothing costs.");
        return generator.Estimate(Requests(Read(input, TextSource.For(input.Schema, _options, generator.Source))), options);
    }

    /// <summary>An embedder that keeps vectors in the store where it can: they are filed under the encoder's name, which not every encoder gives.</summary>
    internal static TextEmbedder Embedder(IEmbeddingGenerator<string, Embedding<float>> encoder, IKnowledgeStore? store)
    {
        var plain = new TextEmbedder(encoder);
        return store is null || plain.EncoderId.Length == 0 ? plain : new TextEmbedder(encoder, store);
    }

    private static List<RowText> Read(IDataView input, TextSource source)
    {
        string[] names = [.. source.Inputs(input.Schema).Distinct()];
        var rows = new List<RowText>();
        using var cursor = input.GetRowCursor(names.Select(name => input.Schema[name]));
        for (var read = source.Reader(cursor); cursor.MoveNext();) rows.Add(read());
        return rows.Count > 0 ? rows : throw new ArgumentException("Expected rows to understand, found an empty table. Check the file and the filters before this step.");
    }

    private async Task AskAsync(KnowledgeGenerator generator, List<RowText> rows, CancellationToken cancellationToken)
    {
        var report = await generator.GenerateAsync(Requests(rows), _options.Progress, cancellationToken).ConfigureAwait(false);
        _environment.Log("SemanticVector", [$"'{_output}': {report}"]);
        report.ThrowIfFailed();
    }

    private IEnumerable<KnowledgeRequest> Requests(List<RowText> rows) => rows.Select((row, i) => (row, i)).Where(x => x.row.Id is null || Recorded(x.row.Id) is null)
        .Select(x => new KnowledgeRequest(x.row.Id ?? x.i.ToString(CultureInfo.InvariantCulture), x.row.Text!));

    private KnowledgeGenerator? Generator() =>
        _options.ChatClient is null ? null : new(_options.ChatClient, _options.Store!, _options.Prompt!.Id, _options.Generation);

    private string TextOf(RowText row, KnowledgeSource? asked)
    {
        if (row.Id is { } id && Recorded(id) is { } recorded) return recorded;
        if (row.Text is null)
            throw new ArgumentException($"Expected a recorded answer for every row, found none for id '{row.Id}'. Add it to Recorded, or give a Prompt whose facts stand in for it.");
        return asked is null ? row.Text : _options.Store!.Find(asked.KeyOf(row.Text))!.Text;
    }

    private string? Recorded(string id) => _options.Recorded?.GetValueOrDefault(id) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;

    /// <summary>What a transformer borrows for new rows; not saved.</summary>
    internal sealed record Services(
        IEmbeddingGenerator<string, Embedding<float>>? Encoder, IChatClient? ChatClient, IKnowledgeStore? Store, KnowledgeGeneratorOptions? Generation);
}
