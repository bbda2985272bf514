namespace AutoGraph.Semantics.Encoding;

/// <summary>
/// The bytes of a corpus encoder: magic, version, stop words flag, V, D, V × (term, idf), D singular values, V·D projection values;
/// little-endian, texts as <see cref="BinaryWriter"/> writes them.
/// </summary>
internal static class CorpusEncoderFormat
{
    private const uint Magic = 0x45434741; // "AGCE"
    private const int Version = 1;

    public static void Write(Stream stream, TermWeights terms, float[] projection, IReadOnlyList<float> singularValues)
    {
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(terms.RemoveStopWords);
        writer.Write(terms.Terms.Length);
        writer.Write(singularValues.Count);
        foreach (var (term, idf) in terms.Terms.Zip(terms.Idf))
        {
            writer.Write(term);
            writer.Write(idf);
        }
        foreach (var value in singularValues) writer.Write(value);
        foreach (var value in projection) writer.Write(value);
    }

    public static (TermWeights Terms, float[] Projection, float[] SingularValues) Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        try
        {
            if (reader.ReadUInt32() != Magic) throw Wrong("other bytes");
            if (reader.ReadInt32() is not Version and var version) throw Wrong($"version {version}");
            var removeStopWords = reader.ReadBoolean();
            int count = reader.ReadInt32(), dimension = reader.ReadInt32();
            if (count < 1 || dimension < 1 || dimension > count) throw Wrong($"{count} words and {dimension} dimensions");
            List<string> terms = [];
            List<float> idf = [];
            for (var v = 0; v < count; v++)
            {
                terms.Add(reader.ReadString());
                idf.Add(Finite(reader));
                if (v > 0 && string.CompareOrdinal(terms[v - 1], terms[v]) >= 0) throw Wrong($"the word '{terms[v]}' out of order");
            }
            var singularValues = Floats(reader, dimension);
            return (new([.. terms], [.. idf], removeStopWords), Floats(reader, (long)count * dimension), singularValues);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException)
        {
            throw new InvalidDataException($"Expected a corpus encoder of version {Version}, found one that is cut off or damaged.", e);
        }
    }

    // Grows as it reads: a damaged count must not reserve gigabytes.
    private static float[] Floats(BinaryReader reader, long count)
    {
        List<float> values = [];
        for (var i = 0L; i < count; i++) values.Add(Finite(reader));
        return [.. values];
    }

    private static float Finite(BinaryReader reader) =>
        reader.ReadSingle() is var value && float.IsFinite(value) ? value : throw Wrong("a value that is not finite");

    private static InvalidDataException Wrong(string found) => new($"Expected a corpus encoder of version {Version}, found {found}.");
}
