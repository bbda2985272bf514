using AutoGraph.Core.Retrieval;

namespace AutoGraph.Core.Evaluation;

/// <summary>Adds up the lists of the K best items; they are picked with a heap of K, never by a sort of all items.</summary>
internal sealed class ListTally(IReadOnlyList<int> interactions, int k)
{
    private readonly double _total = Math.Max(1, interactions.Sum(count => (double)count));
    private readonly bool[] _listed = new bool[interactions.Count];
    private int _lists;
    private long _items;
    private double _novelty;
    private double _popularity;

    /// <summary>Adds the best items of one query.</summary>
    /// <param name="scores">[I], no NaN.</param>
    /// <param name="excluded">Items left out.</param>
    internal void Add(ReadOnlySpan<float> scores, ReadOnlySpan<int> excluded)
    {
        _lists++;
        foreach (var best in TopK.Select(scores, k, excluded))
        {
            _listed[best.Position] = true;
            _items++;
            _novelty -= Math.Log2(Math.Max(1, interactions[best.Position]) / _total);
            _popularity += interactions[best.Position];
        }
    }

    internal RecommendedLists Result() => new(_lists, _listed.Count(listed => listed) / (double)_listed.Length, _novelty / _items, _popularity / _items);
}
