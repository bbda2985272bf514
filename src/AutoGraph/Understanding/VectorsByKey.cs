using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AutoGraph.Core.Persistence;

namespace AutoGraph;

/// <summary>The vectors of the rows fitted on, by a hash of each row's key, so that these rows need no encoder later.</summary>
/// <remarks>Immutable; safe for concurrent use. Keys are kept as the first 128 bits of their SHA-256: texts themselves are not stored.</remarks>
internal sealed class VectorsByKey
{
    private const int HashInts = 4;
    private readonly Dictionary<UInt128, int> _rows;
    private readonly int[] _hashes;     // [N, 4]
    private readonly float[] _vectors;  // [N, D]

    internal VectorsByKey(int[] hashes, float[] vectors, int width)
    {
        (_hashes, _vectors, Width) = (hashes, vectors, width);
        _rows = new(hashes.Length / HashInts);
        for (int row = 0; row * HashInts < hashes.Length; row++)
            _rows[BinaryPrimitives.ReadUInt128LittleEndian(MemoryMarshal.AsBytes(hashes.AsSpan(row * HashInts, HashInts)))] = row;
    }

    internal int Width { get; }

    internal int Count => _rows.Count;

    internal static VectorsByKey Of(IReadOnlyList<string> keys, float[,] vectors)
    {
        var hashes = new int[keys.Count * HashInts];
        for (int row = 0; row < keys.Count; row++)
            BinaryPrimitives.WriteUInt128LittleEndian(MemoryMarshal.AsBytes(hashes.AsSpan(row * HashInts, HashInts)), Hash(keys[row]));
        var flat = new float[vectors.Length];
        Buffer.BlockCopy(vectors, 0, flat, 0, flat.Length * sizeof(float));
        return new(hashes, flat, vectors.GetLength(1));
    }

    /// <summary>The vector of a key; empty where it is unknown.</summary>
    internal ReadOnlySpan<float> Find(string key) => _rows.TryGetValue(Hash(key), out int row) ? _vectors.AsSpan(row * Width, Width) : default;

    internal TensorDictionary Save()
    {
        var tensors = new TensorDictionary();
        tensors.Add("hashes", _hashes, _hashes.Length / HashInts, HashInts);
        tensors.Add("vectors", _vectors, _vectors.Length / Width, Width);
        return tensors;
    }

    internal static VectorsByKey Load(TensorDictionary tensors)
    {
        var hashes = tensors.Ints("hashes", -1, HashInts);
        var vectors = tensors.Floats("vectors", hashes.Length / HashInts, -1);
        return new(hashes, vectors, tensors.ShapeOf("vectors")[1]);
    }

    private static UInt128 Hash(string key) => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
