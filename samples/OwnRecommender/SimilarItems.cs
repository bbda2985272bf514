using System.Numerics.Tensors;

namespace OwnRecommender;

/// <summary>Recommends what is most like the latest items of a history: the mean cosine to their vectors. It knows nothing of AutoGraph.</summary>
internal sealed class SimilarItems(IReadOnlyDictionary<string, float[]> vectors)
{
    private const int Latest = 10;

    public IEnumerable<string> Recommend(IReadOnlyList<string> history, int count)
    {
        var read = history.ToHashSet();
        float[][] liked = [.. history.TakeLast(Latest).Where(vectors.ContainsKey).Select(item => vectors[item])];
        return vectors.Where(item => !read.Contains(item.Key))
            .OrderByDescending(item => liked.Sum(other => Cosine(item.Value, other))).ThenBy(item => item.Key, StringComparer.Ordinal)
            .Take(count).Select(item => item.Key);
    }

    private static float Cosine(float[] a, float[] b) => float.IsFinite(TensorPrimitives.CosineSimilarity(a, b)) ? TensorPrimitives.CosineSimilarity(a, b) : 0;
}
