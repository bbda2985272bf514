using AutoGraph.Core.Randomness;

namespace AutoGraph.Core.Evaluation;

/// <summary>Draws a query's negatives: uniform over the items other than the target, without repetition, the same for the same (seed, user, target).</summary>
internal sealed class NegativeDraw(int itemCount, int negatives, int seed)
{
    private readonly int[] _drawn = new int[Math.Min(negatives, itemCount - 1)];
    private readonly HashSet<int> _taken = new(Math.Min(negatives, itemCount - 1));

    /// <summary>The negatives; valid until the next call.</summary>
    internal ReadOnlySpan<int> For(int user, int target)
    {
        var random = RandomStream.ForKey(seed, ((ulong)(uint)user << 32) | (uint)target);
        // Floyd's sampling: positions 0..n-2 stand for the items without the target; no rejection however many are asked for.
        _taken.Clear();
        int others = itemCount - 1, count = 0;
        for (int last = others - _drawn.Length; last < others; last++)
        {
            int pick = random.NextInt(last + 1);
            if (!_taken.Add(pick)) _taken.Add(pick = last);
            _drawn[count++] = pick < target ? pick : pick + 1;
        }
        return _drawn;
    }
}
