using System.Collections.Concurrent;
using System.Diagnostics;
using AutoGraph.Orleans;
using Orleans.Runtime;
using Xunit;

namespace AutoGraph.Orleans.Tests;

/// <summary>Readers and a writer of a cluster, and what one machine with every item of the load would say.</summary>
/// <remarks>Scores of an item do not depend on the other items, so each answer can be judged whatever had joined by then.</remarks>
internal sealed class ClusterLoad
{
    private const int Count = 10;
    private readonly RecommendationCluster _cluster;
    private readonly NewItem[] _joining;
    private readonly Dictionary<string, Dictionary<string, float>> _scores;
    private readonly HashSet<string> _fitted;
    private readonly ConcurrentQueue<string> _acknowledged = new();
    private readonly ConcurrentQueue<long> _answered = new();
    private int _failedRequests, _failedWrites, _next;

    internal ClusterLoad(RecommendationCluster cluster, RecommendationEngine engine, string[] users, NewItem[] joining)
    {
        (_cluster, _joining) = (cluster, joining);
        _fitted = [.. engine.Recommend("nobody", int.MaxValue).Select(item => item.ItemId)];
        foreach (var item in joining) engine.AddItem(item);
        _scores = users.ToDictionary(user => user, user => engine.Recommend(user, int.MaxValue).ToDictionary(item => item.ItemId, item => item.Score, StringComparer.Ordinal), StringComparer.Ordinal);
    }

    internal IReadOnlyCollection<string> Acknowledged => _acknowledged;

    internal int Answered => _answered.Count;

    internal int FailedRequests => _failedRequests;

    internal int FailedWrites => _failedWrites;

    /// <summary>Asks for one user after another until told to stop.</summary>
    internal async Task ReadAsync(int seed, CancellationToken stop)
    {
        string[] users = [.. _scores.Keys];
        for (int number = seed; !stop.IsCancellationRequested; number++)
        {
            string user = users[number % users.Length];
            string[] there = [.. _acknowledged];
            try
            {
                Judge(user, there, (await _cluster.RecommendAsync(user, Count)).Items);
                _answered.Enqueue(Stopwatch.GetTimestamp());
            }
            catch (Exception error) when (IsOutage(error))
            {
                Interlocked.Increment(ref _failedRequests);
            }
        }
    }

    /// <summary>Adds one item after another until told to stop; asks again where the answer was lost.</summary>
    internal async Task WriteAsync(TimeSpan pause, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && _next < _joining.Length)
        {
            await TryWriteAsync();
            await Task.Delay(pause, CancellationToken.None);
        }
    }

    /// <summary>Adds the next item; false where the cluster did not say that it has it.</summary>
    internal async Task<bool> TryWriteAsync()
    {
        var item = _joining[_next];
        try
        {
            await _cluster.AddItemAsync(item);
        }
        catch (Exception error) when (IsOutage(error))
        {
            Interlocked.Increment(ref _failedWrites);
            return false;
        }
        catch (ArgumentException error) when (error.Message.Contains("Update it instead", StringComparison.Ordinal))
        {
            // it was taken, and the answer was lost
        }
        _acknowledged.Enqueue(item.Id);
        _next++;
        return true;
    }

    /// <summary>Longest time without an answer in an interval, s.</summary>
    internal double LongestSilence(long from, long to)
    {
        long[] moments = [from, .. _answered.Where(moment => moment >= from && moment <= to).Order(), to];
        return moments.Zip(moments.Skip(1)).Max(pair => Stopwatch.GetElapsedTime(pair.First, pair.Second).TotalSeconds);
    }

    /// <summary>All items for all users: those of the fit and those acknowledged, with the scores of one machine.</summary>
    internal async Task JudgeAllAsync()
    {
        foreach (var (user, scores) in _scores)
        {
            var items = (await _cluster.RecommendAsync(user, 100_000)).Items;
            Judge(user, [.. _acknowledged], items);
            Assert.Superset(_acknowledged.ToHashSet(), items.Select(item => item.ItemId).ToHashSet());
            Assert.Superset(_fitted.Where(scores.ContainsKey).ToHashSet(), items.Select(item => item.ItemId).ToHashSet());
        }
    }

    private void Judge(string user, string[] there, IReadOnlyList<Recommendation> items)
    {
        var scores = _scores[user];
        Assert.Equal(items.Count, items.Select(item => item.ItemId).Distinct().Count());
        Assert.All(items, item => Assert.Equal(BitConverter.SingleToInt32Bits(scores[item.ItemId]), BitConverter.SingleToInt32Bits(item.Score)));
        Assert.True(items.Zip(items.Skip(1)).All(pair => pair.First.Score >= pair.Second.Score), "the answer is not in order");
        var found = items.Select(item => item.ItemId).ToHashSet();
        float least = items[^1].Score;
        Assert.DoesNotContain(there.Concat(_fitted.Where(scores.ContainsKey)), id => scores[id] > least && !found.Contains(id));
    }

    private static bool IsOutage(Exception error) => error is TimeoutException or OrleansException or IOException;
}
