using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.Knowledge;
using Microsoft.Extensions.AI;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>A fitted <see cref="SemanticVectorEstimator"/>: writes the semantic vector of each row.</summary>
/// <remarks>
/// Rows it was fitted on need neither encoder nor language model, also after loading. New rows need the encoder (the corpus
/// encoder is saved inside; others come back by <see cref="AutoGraphCatalog.Attach"/>) and, where a language model was asked, an
/// answer in the store (<see cref="GenerateAsync"/> asks for it). Immutable; safe for concurrent use.
/// </remarks>
public sealed class SemanticVectorTransformer : BatchTransformer
{
    internal const string KindName = "SemanticVector";
    private const int NamesEncoder = 2;      // the format since which the encoder's id is in the file
    private readonly string _output;
    private readonly TextSource _source;
    private readonly KnownVectors _known;
    private readonly CorpusEncoder? _corpus;
    private readonly string _encoderId;      // of an encoder that is not in the file; empty where it is unknown
    private readonly SemanticVectorEstimator.Services _services;

    internal SemanticVectorTransformer(string output, TextSource source, KnownVectors known, CorpusEncoder? corpus, string encoderId, SemanticVectorEstimator.Services services)
        : base(batchSize: 64)
    {
        (_output, _source, _known, _corpus, _encoderId, _services) = (output, source, known, corpus, encoderId, services);
        if (corpus is not null && RefusalOf(corpus) is { } refusal) throw new ArgumentException(refusal, nameof(corpus));
    }

    /// <summary>Width of the vectors.</summary>
    public int Dimension => _known.Width;

    private protected override string Kind => KindName;

    internal override IEnumerable<string> Inputs(DataViewSchema schema) => _source.Inputs(schema).Distinct();

    internal override DataViewSchema.DetachedColumn[] Outputs() => [CodeColumns.Vector(_output, Dimension)];

    internal override RowBatch NewBatch(DataViewRow input, int size, bool[] wanted) => new Batch(this, input, size);

    /// <summary>Asks the language model about rows that the store has no answer for.</summary>
    /// <param name="rows">New rows, with the columns the prompt reads.</param>
    /// <param name="cancellationToken">Stops; answers so far are kept.</param>
    /// <exception cref="InvalidOperationException">No language model was asked in the fit, or chat client and store are not attached.</exception>
    public Task<KnowledgeReport> GenerateAsync(IDataView rows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (_source.Knowledge is null) throw new InvalidOperationException($"Expected a step that asks a language model, found '{_output}', whose texts come from columns. Nothing needs to be generated.");
        return AnswerAsync(ReadTexts(rows), cancellationToken);
    }

    private Task<KnowledgeReport> AnswerAsync(IEnumerable<RowText> rows, CancellationToken cancellationToken)
    {
        if (_services.ChatClient is null || _services.Store is null)
            throw new InvalidOperationException($"Expected a chat client and a knowledge store for '{_output}', found none: models are saved without them. Give them back with {AttachCall}.");
        var generator = new KnowledgeGenerator(_services.ChatClient, _services.Store, _source.Knowledge!.PromptVersion, (_services.Generation ?? new()) with { Model = _source.Knowledge.Model });
        var requests = rows.Index().Where(row => row.Item.Text is not null && _known.Find(row.Item).IsEmpty).Select(row => new KnowledgeRequest(row.Item.Id ?? $"row {row.Index}", row.Item.Text!));
        return generator.GenerateAsync([.. requests], cancellationToken: cancellationToken);
    }

    /// <summary>The column of vectors.</summary>
    internal string OutputColumn => _output;

    /// <summary>Whether its encoder is not in the file.</summary>
    internal bool BorrowsEncoder => _corpus is null;

    /// <summary>Whether its texts are answers of a language model.</summary>
    internal bool AsksLanguageModel => _source.Knowledge is not null;

    /// <summary>The column of ids that it reads, or null.</summary>
    internal string? IdColumn => _source.IdColumn;

    /// <summary>Columns that it reads and that the rows lack.</summary>
    internal IEnumerable<string> Missing(DataViewSchema schema) => _source.Columns.Where(name => schema.GetColumnOrNull(name) is null);

    /// <summary>Whether it reads a column of this name.</summary>
    internal bool Reads(string name) => name == _source.TextColumn || name == _source.IdColumn || _source.Columns.Contains(name);

    /// <summary>What each row says of itself.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="unlisted">Whether columns may be missing that the prompt does not name, but lists.</param>
    internal List<RowText> ReadTexts(IDataView rows, bool unlisted = false)
    {
        var texts = new List<RowText>();
        using var cursor = rows.GetRowCursor(_source.Inputs(rows.Schema, unlisted).Distinct().Select(name => rows.Schema[name]));
        for (var read = _source.Reader(cursor); cursor.MoveNext();) texts.Add(read());
        return texts;
    }

    /// <summary>Asks the language model about rows without an answer in the store, where this step asks one; needs a chat client only if there are such rows.</summary>
    /// <exception cref="InvalidOperationException">A chat client or store is needed and not attached, or a row got no answer.</exception>
    internal async Task AskAsync(IReadOnlyList<RowText> rows, CancellationToken cancellationToken)
    {
        if (_source.Knowledge is not { } knowledge) return;
        RowText[] open = [.. rows.Where(row => row.Text is not null && _known.Find(row).IsEmpty && _services.Store?.Find(knowledge.KeyOf(row.Text)) is null)];
        if (open.Length > 0) (await AnswerAsync(open, cancellationToken).ConfigureAwait(false)).ThrowIfFailed();
    }

    /// <summary>Vectors of rows, those known from the fit as they were; asks the language model where it must.</summary>
    /// <inheritdoc cref="AskAsync" path="/exception"/>
    internal async Task<float[][]> VectorsAsync(IReadOnlyList<RowText> rows, CancellationToken cancellationToken)
    {
        await AskAsync(rows, cancellationToken).ConfigureAwait(false);
        var vectors = new float[rows.Count][];
        var news = new List<int>();
        for (int row = 0; row < vectors.Length; row++)
        {
            vectors[row] = _known.Find(rows[row]).ToArray();
            if (vectors[row].Length == 0) news.Add(row);
        }
        var made = await EncodeAsync([.. news.Select(row => TextOf(rows[row]))], Name, cancellationToken).ConfigureAwait(false);
        foreach (var (row, vector) in news.Zip(made)) vectors[row] = vector;
        return vectors;

        string Name(int place) => SemanticVectorTransformer.Name(rows[news[place]]);
    }

    /// <summary>Vectors of texts that are given.</summary>
    /// <exception cref="InvalidOperationException">No encoder is attached.</exception>
    internal Task<float[][]> EncodeAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        EncodeAsync(texts, place => Name(new(null, texts[place])), cancellationToken);

    /// <summary>Why an encoder cannot be the one of the fit; null where it can.</summary>
    internal string? RefusalOf(IEmbeddingGenerator<string, Embedding<float>> encoder)
    {
        var given = new TextEmbedder(encoder);
        if (given.Dimension is { } dimension && dimension != Dimension)
            return $"Expected an encoder of {Dimension} dimensions, as the one fitted; found one of {dimension}. Attach the encoder that made the vectors of '{_output}', or fit anew.";
        if (_encoderId.Length == 0 || given.EncoderId.Length == 0 || given.EncoderId == _encoderId) return null;
        return $"Expected the encoder {_encoderId}, as fitted; found {given.EncoderId}. Attach the encoder that made the vectors of '{_output}', or fit anew; " +
            "one that is the same under another name says so by the name in its EmbeddingGeneratorMetadata.";
    }

    /// <summary>Why answers that these services ask for would not be filed where those of the fit are; null where they would.</summary>
    internal string? RefusalOf(SemanticVectorEstimator.Services given)
    {
        var (fitted, generation) = (_source.Knowledge!, given.Generation ?? _services.Generation ?? new());
        var found = fitted with
        {
            Model = KnowledgeGenerator.ModelOf(given.ChatClient ?? _services.ChatClient, generation) ?? fitted.Model,
            Options = KnowledgeSource.Describe(generation.Chat),
        };
        return found == fitted ? null
            : $"Expected answers of {Describe(fitted)} for '{_output}', as fitted; found {Describe(found)}. Give the generation options of the fit (Chat, Model): " +
              "autoGraph.Attach(model, encoder, chatClient, store, generation).";

        static string Describe(KnowledgeSource source) => $"{source.Model} with {(source.Options.Length > 0 ? source.Options : "default options")}";
    }

    /// <summary>The same vectors; services not given stay as they are.</summary>
    internal SemanticVectorTransformer With(SemanticVectorEstimator.Services services) => new(_output, _source, _known, _corpus, _encoderId, new(
        _corpus is not null ? null : services.Encoder ?? _services.Encoder, services.ChatClient ?? _services.ChatClient, services.Store ?? _services.Store, services.Generation ?? _services.Generation));

    internal static SemanticVectorTransformer Load(PartReader part)
    {
        var (output, source, corpusBytes, encoderId) = part.State("Source", reader =>
            (reader.ReadString(), TextSource.Read(reader), reader.ReadInt32() is var length and > 0 ? reader.ReadBytes(length) : null, part.Format >= NamesEncoder ? reader.ReadString() : ""));
        var tensors = part.Tensors("Vectors");
        var known = part.Build("Vectors", () => KnownVectors.Load(tensors));
        var corpus = corpusBytes is null ? null : part.Build("Source", () => CorpusEncoder.Read(new MemoryStream(corpusBytes)));
        return part.Build("Vectors", () => new SemanticVectorTransformer(output, source, known, corpus, encoderId, new(null, null, null, null)));
    }

    private protected override void Write(PartWriter part)
    {
        using var corpus = new MemoryStream();
        _corpus?.Write(corpus);
        part.State("Source", writer =>
        {
            writer.Write(_output);
            _source.Write(writer);
            writer.Write((int)corpus.Length);
            writer.Write(corpus.GetBuffer(), 0, (int)corpus.Length);
            writer.Write(_encoderId);
        });
        part.Tensors("Vectors", _known.Save());
    }

    private async Task<float[][]> EncodeAsync(IReadOnlyList<string> texts, Func<int, string> nameOf, CancellationToken cancellationToken)
    {
        if (texts.Count == 0) return [];
        var encoder = _services.Encoder ?? _corpus ?? throw new InvalidOperationException(
            $"Expected an encoder for the new row {nameOf(0)} of '{_output}', found none: models are saved without it. Give it back with autoGraph.Attach(model, encoder).");
        var vectors = await SemanticVectorEstimator.Embedder(encoder, encoder == _corpus ? null : _services.Store).EmbedAsync(texts, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (vectors.GetLength(1) != Dimension)
            throw new InvalidOperationException($"Expected vectors of {Dimension} values from the encoder, as fitted; found {vectors.GetLength(1)}. Attach the encoder that made the vectors of '{_output}'.");
        return [.. Enumerable.Range(0, texts.Count).Select(row => Enumerable.Range(0, Dimension).Select(d => vectors[row, d]).ToArray())];
    }

    private string TextOf(RowText row)
    {
        if (row.Text is null)
            throw new InvalidOperationException($"Expected a recorded answer for the row {Name(row)} of '{_output}', found none when it was fitted. Fit anew with it, or give a Prompt whose facts stand in.");
        if (_source.Knowledge is not { } knowledge) return row.Text;
        return _services.Store?.Find(knowledge.KeyOf(row.Text))?.Text ?? throw new InvalidOperationException(
            $"Expected an answer of {knowledge.Model} about the new row {Name(row)} of '{_output}' in the knowledge store, found none. Rows are never asked about while they are pulled: " +
            $"call {AttachCall} and GenerateAsync with the new rows first.");
    }

    // what gives back the language model, in words for errors
    private string AttachCall => $"autoGraph.Attach(model, encoder, chatClient, store{(_source.Knowledge is { Options.Length: > 0 } ? ", generation" : "")})";

    private static string Name(RowText row) => row.Id is { } id ? $"'{id}'" : $"'{(row.Text!.Length > 60 ? row.Text[..60] + "…" : row.Text)}'";

    private sealed class Batch(SemanticVectorTransformer owner, DataViewRow input, int size) : RowBatch
    {
        private readonly Func<RowText> _read = owner._source.Reader(input);
        private readonly RowText[] _rows = new RowText[size];
        private readonly float[] _vectors = new float[size * owner.Dimension];

        internal override void Read(int slot) => _rows[slot] = _read();

        internal override void Run(int count)
        {
            int width = owner.Dimension;
            var news = new List<int>();
            for (int i = 0; i < count; i++)
            {
                var known = owner._known.Find(_rows[i]);
                if (known.IsEmpty) news.Add(i);
                else known.CopyTo(_vectors.AsSpan(i * width));
            }
            if (news.Count == 0) return;
            var vectors = owner.EncodeAsync([.. news.Select(i => owner.TextOf(_rows[i]))], n => Name(_rows[news[n]]), CancellationToken.None).GetAwaiter().GetResult();
            for (int n = 0; n < news.Count; n++) vectors[n].CopyTo(_vectors.AsSpan(news[n] * width));
        }

        internal override Delegate Getter(int output) =>
            (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => value.Set<float>(_vectors.AsSpan(Current * owner.Dimension, owner.Dimension)));
    }
}
