using System.Numerics;
using System.Runtime.InteropServices;

namespace AutoGraph.Core.Evaluation;

/// <summary>Counts scores greater than and equal to one value: all that a rank needs, in one pass and without a sort.</summary>
internal static class ScoreCounter
{
    /// <summary>Counts; <c>HasNaN</c> tells whether any score is NaN, which would compare as neither.</summary>
    internal static (int Greater, int Equal, bool HasNaN) Count(ReadOnlySpan<float> scores, float value)
    {
        var blocks = MemoryMarshal.Cast<float, Vector<float>>(scores);
        var target = new Vector<float>(value);
        // A true lane is -1, so subtracting counts; a lane counts at most Array.MaxLength / lanes.
        var (greater, equal, number) = (Vector<int>.Zero, Vector<int>.Zero, Vector<int>.AllBitsSet);
        foreach (var block in blocks)
        {
            greater -= Vector.GreaterThan(block, target);
            equal -= Vector.Equals(block, target);
            number &= Vector.Equals(block, block);
        }
        int above = Vector.Sum(greater), same = Vector.Sum(equal);
        bool hasNaN = number != Vector<int>.AllBitsSet;
        foreach (float score in scores[(blocks.Length * Vector<float>.Count)..])
        {
            if (score > value) above++;
            else if (score == value) same++;
            hasNaN |= float.IsNaN(score);
        }
        return (above, same, hasNaN);
    }
}
