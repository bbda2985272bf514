using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.VectorData;

namespace AutoGraph;

/// <summary>A user or item in a vector store.</summary>
public sealed class RepresentationRecord
{
    /// <summary>The id; of a user's second and later vectors, with <c>#2</c>, <c>#3</c>, … behind it.</summary>
    [VectorStoreKey]
    public string Id { get; set; } = "";

    /// <summary>The vector, [D]: a user's score of an item is the dot product of theirs. How many values it has stands in <see cref="Definition"/>.</summary>
    public ReadOnlyMemory<float> Vector { get; set; }

    /// <summary>The latent-factor codes, [T], coarsest first; empty where there are none.</summary>
    [VectorStoreData]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "Vector stores map arrays, not every read-only list.")]
    public int[] Codes { get; set; } = [];

    /// <summary>What a store must know of the records to make a collection: <c>store.GetCollection&lt;string, RepresentationRecord&gt;("items", RepresentationRecord.Definition(32))</c>.</summary>
    /// <param name="dimension">Values per vector D, at least 1.</param>
    /// <remarks>Similarity is the dot product: vectors are not of length 1, and their length counts.</remarks>
    public static VectorStoreCollectionDefinition Definition(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        return new()
        {
            Properties =
            [
                new VectorStoreKeyProperty(nameof(Id), typeof(string)),
                new VectorStoreDataProperty(nameof(Codes), typeof(int[])),
                new VectorStoreVectorProperty(nameof(Vector), typeof(ReadOnlyMemory<float>), dimension) { DistanceFunction = DistanceFunction.DotProductSimilarity },
            ],
        };
    }
}
