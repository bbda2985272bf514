using AutoGraph.Core.Randomness;

namespace AutoGraph.Torch.Training;

/// <summary>Draws items in proportion to weights, by their cumulative sums and a table that says where to begin looking: constant time on average.</summary>
internal sealed class ItemDistribution
{
    private readonly double[] _ends;    // [I] w_0 + … + w_i
    private readonly int[] _starts;     // [I] first item whose end lies beyond k/I of the total

    /// <param name="weights">[I], not negative, their sum above 0.</param>
    public ItemDistribution(IReadOnlyList<double> weights)
    {
        (_ends, _starts) = (new double[weights.Count], new int[weights.Count]);
        double total = 0;
        for (int i = 0; i < weights.Count; i++) _ends[i] = total += weights[i];
        if (!(total > 0 && double.IsFinite(total))) throw new ArgumentException($"Expected weights with a positive sum, found {total}.", nameof(weights));
        for (int k = 0, item = 0; k < _starts.Length; k++)
        {
            while (_ends[item] <= total * k / _starts.Length) item++;
            _starts[k] = item;
        }
    }

    /// <summary>[I] log(w_i / Σw); −∞ for an item that is never drawn.</summary>
    public double[] LogProbabilities => [.. Enumerable.Range(0, _ends.Length).Select(item => Math.Log((_ends[item] - Begin(item)) / _ends[^1]))];

    /// <summary>An item.</summary>
    public int Draw(ref RandomStream random) => At(random.NextDouble() * _ends[^1]);

    /// <summary>An item other than the given one; some other item must have a weight above 0.</summary>
    public int DrawExcept(int item, ref RandomStream random)
    {
        double begin = Begin(item), weight = _ends[item] - begin, point = random.NextDouble() * (_ends[^1] - weight);
        int drawn = At(point < begin ? point : point + weight);
        if (drawn != item) return drawn;
        // rounding put the point before the item's end: the neighbour there
        return _ends[item] < _ends[^1] ? At(_ends[item]) : At(Math.BitDecrement(begin));
    }

    private double Begin(int item) => item == 0 ? 0 : _ends[item - 1];

    private int At(double point)
    {
        point = Math.Min(point, Math.BitDecrement(_ends[^1]));
        int item = _starts[Math.Min(_starts.Length - 1, (int)(point / _ends[^1] * _starts.Length))];
        while (item > 0 && _ends[item - 1] > point) item--;     // the division above may round up
        while (_ends[item] <= point) item++;
        return item;
    }
}
