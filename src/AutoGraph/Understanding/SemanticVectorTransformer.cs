using System.Globalization;
using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.Knowledge;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>A fitted <see cref="SemanticVectorEstimator"/>: looks vectors up, and encodes rows it has not seen where an encoder is there.</summary>
/// <remarks>
/// Immutable; safe for concurrent use if the encoder is. Rows fitted on need neither encoder nor language model, in a loaded model too. The
/// corpus encoder is saved inside; others are given back by <see cref="AutoGraphCatalog.Attach"/>. Getters never ask a language model.
/// </remarks>
public sealed class SemanticVectorTransformer : BatchTransformer
{
    internal const string KindName = "SemanticVector";
    private readonly TextSource _source;
    private readonly VectorsByKey _vectors;
    private readonly CorpusEncoder? _corpus;
    private readonly KnowledgeSource? _answers;
    private readonly SemanticServices _services;

    internal SemanticVectorTransformer(string output, TextSource source, VectorsByKey vectors, CorpusEncoder? corpus, KnowledgeSource? answers, SemanticServices services)
        : base(batchSize: 256) => (OutputColumn, _source, _vectors, _corpus, _answers, _services) = (output, source, vectors, corpus, answers, services);

    /// <summary>The column of vectors.</summary>
    public string OutputColumn { get; }

    /// <summary>Values per vector.</summary>
    public int Dimension => _vectors.Width;

    private protected override string Kind => KindName;

    internal override IEnumerable<string> Inputs(DataViewSchema schema) => _source.Check(schema);

    internal override DataViewSchema.DetachedColumn[] Outputs() => [CodeColumns.Vector(OutputColumn, Dimension)];

    internal override RowBatch NewBatch(DataViewRow input, int size, bool[] wanted) => new Batch(this, input, size);

    /// <summary>Asks the language model about rows it has not answered yet, so that they can be transformed.</summary>
    /// <param name="rows">New rows, with the columns of the prompt.</param>
    /// <param name="progress">Told after each prompt, from any thread.</param>
    /// <param name="cancellationToken">Stops the run; answers so far are kept.</param>
    /// <exception cref="InvalidOperationException">No language model is attached, or rows got no answer.</exception>
    public async Task FillAsync(IDataView rows, IProgress<KnowledgeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (_services.Generator is null)
            throw new InvalidOperationException($"Expected a language model to ask for '{OutputColumn}', found none. Use autoGraph.Attach(model, chatClient: …, store: …) on a model whose vectors come from a prompt.");
        var requests = new List<KnowledgeRequest>();
        var needed = _source.Check(rows.Schema);
        using (var cursor = rows.GetRowCursor(needed.Select(name => rows.Schema[name])))
            for (var read = _source.Reader(cursor); cursor.MoveNext();)
                if (read() is var row && _vectors.Find(row.Key).IsEmpty) requests.Add(new(requests.Count.ToString(CultureInfo.InvariantCulture), row.Key));
        (await _services.Generator.GenerateAsync(requests, progress, cancellationToken).ConfigureAwait(false)).ThrowIfFailed();
    }

    /// <summary>The same vectors with other services.</summary>
    internal SemanticVectorTransformer With(TextEmbedder? embedder, IKnowledgeStore? store, Func<string, KnowledgeGenerator>? generator)
    {
        if (embedder is not null && _corpus is not null)
            throw new ArgumentException($"Expected no encoder for '{OutputColumn}', which carries its corpus encoder, found '{embedder.EncoderId}'. Name the column the encoder is for, or leave the encoder out.");
        if (embedder?.Dimension is { } dimension && dimension != Dimension)
            throw new ArgumentException($"Expected an encoder of {Dimension} dimensions for '{OutputColumn}', the one it was fitted with; found {dimension} ('{embedder.EncoderId}'). Attach that encoder, or fit again with the new one.");
        var asks = _source.Kind == TextSource.Origin.Model ? generator?.Invoke(_source.Prompt!.Id) : null;
        return new(OutputColumn, _source, _vectors, _corpus, asks?.Source ?? _answers,
            new SemanticServices(embedder ?? _services.Embedder, store ?? _services.Store, asks ?? _services.Generator));
    }

    internal static SemanticVectorTransformer Load(PartReader part)
    {
        var (output, source, answers, hasCorpus) = part.State("Source", reader => (reader.ReadString(), TextSource.Read(reader),
            reader.ReadBoolean() ? new KnowledgeSource(reader.ReadString(), reader.ReadString(), reader.ReadString()) : null, reader.ReadBoolean()));
        var tensors = part.Tensors("Vectors");
        var vectors = part.Build("Vectors", () => VectorsByKey.Load(tensors));
        var corpus = hasCorpus ? part.Bytes("CorpusEncoder", CorpusEncoder.Read) : null;
        return new(output, source, vectors, corpus, answers, new SemanticServices(corpus is null ? null : new TextEmbedder(corpus)));
    }

    private protected override void Write(PartWriter part)
    {
        part.State("Source", writer =>
        {
            writer.Write(OutputColumn);
            _source.Write(writer);
            writer.Write(_answers is not null);
            if (_answers is not null)
            {
                writer.Write(_answers.PromptVersion);
                writer.Write(_answers.Model);
                writer.Write(_answers.Options);
            }
            writer.Write(_corpus is not null);
        });
        part.Tensors("Vectors", _vectors.Save());
        if (_corpus is not null) part.Bytes("CorpusEncoder", _corpus.Write);
    }

    private string TextOf(TextSource.Row row)
    {
        string? text = _source.Kind == TextSource.Origin.Model ? _services.Store?.Find(_answers!.KeyOf(row.Key))?.Text : row.Text;
        if (!string.IsNullOrWhiteSpace(text)) return text;
        string start = row.Key.Length <= 60 ? row.Key : row.Key[..60] + "…";
        throw new InvalidOperationException(_source.Kind switch
        {
            TextSource.Origin.Model => $"Expected a stored answer for the new row '{start}' of '{OutputColumn}', found none. Use autoGraph.Attach(model, encoder: …, chatClient: …, store: …), then FillAsync with the new rows.",
            TextSource.Origin.Recorded => $"Expected an id with recorded knowledge for '{OutputColumn}', found the new id '{start}'. Fit again with its knowledge, or with a Prompt whose facts stand in.",
            _ => $"Expected a text in every row for '{OutputColumn}', found none. Remove the row or give it a text.",
        });
    }

    // Encoders are asynchronous; a getter is not. Off this thread, so that no synchronisation context is waited for.
    private float[,] Encode(string[] texts)
    {
        if (_services.Embedder is not { } embedder)
            throw new InvalidOperationException($"Expected an encoder for {texts.Length} rows that '{OutputColumn}' was not fitted on, found none, such as '{(texts[0].Length <= 60 ? texts[0] : texts[0][..60] + "…")}'. Give it back to the loaded model: autoGraph.Attach(model, encoder: …).");
        var vectors = Task.Run(() => embedder.EmbedAsync(texts)).GetAwaiter().GetResult();
        return vectors.GetLength(1) == Dimension ? vectors
            : throw new InvalidOperationException($"Expected vectors of {Dimension} dimensions for '{OutputColumn}', found {vectors.GetLength(1)} from the encoder '{embedder.EncoderId}'. Attach the encoder that the model was fitted with.");
    }

    private sealed class Batch(SemanticVectorTransformer owner, DataViewRow input, int size) : RowBatch
    {
        private readonly Func<TextSource.Row> _read = owner._source.Reader(input);
        private readonly float[] _results = new float[size * owner.Dimension];
        private readonly List<(int Slot, string Text)> _new = [];

        internal override void Read(int slot)
        {
            if (slot == 0) _new.Clear();
            var row = _read();
            var vector = owner._vectors.Find(row.Key);
            if (vector.IsEmpty) _new.Add((slot, owner.TextOf(row)));
            else vector.CopyTo(_results.AsSpan(slot * owner.Dimension));
        }

        internal override void Run(int count)
        {
            if (_new.Count == 0) return;
            var vectors = owner.Encode([.. _new.Select(row => row.Text)]);
            for (int i = 0; i < _new.Count; i++)
                Buffer.BlockCopy(vectors, i * owner.Dimension * sizeof(float), _results, _new[i].Slot * owner.Dimension * sizeof(float), owner.Dimension * sizeof(float));
        }

        internal override Delegate Getter(int output) =>
            (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => value.Set<float>(_results.AsSpan(Current * owner.Dimension, owner.Dimension)));
    }
}
