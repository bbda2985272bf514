using System.Numerics.Tensors;
using AutoGraph.Core.Snapshots;

namespace AutoGraph;

/// <summary>z(model) + w · z(cosine to the mean history vector) over all items that are shown; see <see cref="RequestOptions.ContentWeight"/>.</summary>
internal static class ContentTerm
{
    /// <summary>Changes scores in place.</summary>
    /// <param name="scores">[I] scores of the model.</param>
    /// <param name="content">[I, V] centred semantic vectors.</param>
    /// <param name="history">Items of the history; without any only the model counts.</param>
    /// <param name="weight">w.</param>
    /// <param name="isHidden">Items that count for no mean and deviation.</param>
    /// <exception cref="InvalidOperationException">The model has no semantic vectors of items.</exception>
    internal static void Add(float[] scores, SharedRows<float> content, ReadOnlySpan<int> history, double weight, Func<int, bool> isHidden)
    {
        if (content.Width == 0)
            throw new InvalidOperationException($"Expected semantic vectors of the items for {nameof(RequestOptions.ContentWeight)}, found none in the model. Give its SideTable a pipeline that makes them, or leave the weight at 0.");
        var mean = new float[content.Width];
        foreach (int item in history) TensorPrimitives.Add(mean, content[item], mean);
        float length = TensorPrimitives.Norm<float>(mean);
        var cosines = new float[scores.Length];
        if (length > 0)
            for (int item = 0; item < cosines.Length; item++)
                cosines[item] = TensorPrimitives.Norm(content[item]) is > 0 and var own ? TensorPrimitives.Dot(mean, content[item]) / (length * own) : 0;
        Standardize(scores, isHidden);
        Standardize(cosines, isHidden);
        for (int item = 0; item < scores.Length; item++) scores[item] += (float)weight * cosines[item];
    }

    // values that are all alike become zeros
    private static void Standardize(float[] values, Func<int, bool> isHidden)
    {
        double sum = 0, squares = 0;
        int count = 0;
        for (int i = 0; i < values.Length; i++)
            if (!isHidden(i)) (sum, count) = (sum + values[i], count + 1);
        double mean = sum / Math.Max(1, count);
        for (int i = 0; i < values.Length; i++)
            if (!isHidden(i)) squares += (values[i] - mean) * (values[i] - mean);
        double scale = squares > 0 ? 1 / Math.Sqrt(squares / count) : 0;
        for (int i = 0; i < values.Length; i++) values[i] = (float)((values[i] - mean) * scale);
    }
}
