using System.Buffers.Binary;
using System.Security.Cryptography;
using AutoGraph.Core.Persistence;

namespace AutoGraph;

/// <summary>Vectors of rows seen before, by a hash of their id or text; what a loaded model needs no encoder for.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class KnownVectors
{
    private readonly Dictionary<UInt128, int> _rows;
    private readonly float[] _vectors;      // [N, Width]

    private KnownVectors(Dictionary<UInt128, int> rows, float[] vectors, int width) => (_rows, _vectors, Width) = (rows, vectors, width);

    internal int Width { get; }

    internal int Count => _rows.Count;

    internal static KnownVectors From(IEnumerable<RowText> rows, float[,] vectors)
    {
        int width = vectors.GetLength(1);
        var (places, kept) = (new Dictionary<UInt128, int>(), new List<float>());
        int n = 0;
        foreach (var row in rows)
        {
            if (places.TryAdd(Key(row), places.Count))
                for (int d = 0; d < width; d++) kept.Add(vectors[n, d]);
            n++;
        }
        return new(places, [.. kept], width);
    }

    /// <summary>The vector of a row, by its id first, then by its text; empty where both are new.</summary>
    internal ReadOnlySpan<float> Find(RowText row)
    {
        if (row.Id is not null && _rows.TryGetValue(Key(new(row.Id, null)), out int place)
            || row.Text is not null && _rows.TryGetValue(Key(new(null, row.Text)), out place))
            return _vectors.AsSpan(place * Width, Width);
        return default;
    }

    internal TensorDictionary Save()
    {
        var keys = new int[4 * _rows.Count];
        var bytes = new byte[16];
        foreach (var (key, place) in _rows)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(bytes, key);
            for (int i = 0; i < 4; i++) keys[4 * place + i] = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 * i));
        }
        var target = new TensorDictionary();
        target.Add("keys", keys, _rows.Count, 4);
        target.Add("vectors", _vectors, _rows.Count, Width);
        return target;
    }

    internal static KnownVectors Load(TensorDictionary source)
    {
        var keys = source.Ints("keys", -1, 4);
        var rows = new Dictionary<UInt128, int>();
        var bytes = new byte[16];
        for (int place = 0; place < keys.Length / 4; place++)
        {
            for (int i = 0; i < 4; i++) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), keys[4 * place + i]);
            if (!rows.TryAdd(BinaryPrimitives.ReadUInt128LittleEndian(bytes), place)) throw new InvalidDataException($"Expected distinct keys, found key {place} twice.");
        }
        return new(rows, source.Floats("vectors", rows.Count, -1), source.ShapeOf("vectors")[1]);
    }

    private static UInt128 Key(RowText row) => BinaryPrimitives.ReadUInt128LittleEndian(
        SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(row.Id is not null ? "id\n" + row.Id : "text\n" + row.Text)));
}
