using AutoGraph.Orleans.Serving;

namespace AutoGraph.Orleans.Jobs;

/// <summary>The best items of many users, asked of the cluster, in the order of the users.</summary>
internal sealed class UserAnswers(RecommendationCluster cluster, RecommendMessage request, CancellationToken stop)
{
    private const int AtATime = 32;
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks while it is read, outside any grain.</summary>
    internal IEnumerable<RankedItem> Of(IEnumerable<string> users)
    {
        var waiting = new Queue<(string User, Task<ClusterAnswer> Answer)>();
        foreach (string user in users)
        {
            waiting.Enqueue((user, AskAsync(user)));
            if (waiting.Count < AtATime) continue;
            foreach (var item in Next()) yield return item;
        }
        while (waiting.Count > 0)
            foreach (var item in Next()) yield return item;

        IEnumerable<RankedItem> Next()
        {
            var (user, answer) = waiting.Dequeue();
            return RankedItem.Of(user, answer.GetAwaiter().GetResult().Items.Select(item => (item.ItemId, item.Score)));
        }
    }

    private async Task<ClusterAnswer> AskAsync(string user)
    {
        while (true)
        {
            try
            {
                return await cluster.RecommendAsync(user, request.Count, request.Options, request.Version).WaitAsync(stop).ConfigureAwait(false);
            }
            catch (Exception error) when (ClusterFaults.IsPassing(error, stop))
            {
                await Task.Delay(Retry, stop).ConfigureAwait(false);
            }
        }
    }
}
