using AutoGraph.Orleans.Rollouts;
using Orleans.Concurrency;

namespace AutoGraph.Orleans.Serving;

/// <summary>Chooses the version, asks the shards, merges.</summary>
[StatelessWorker, Reentrant]
internal sealed class GatewayGrain(ModelHost models, ShardCalls shards) : Grain, IGatewayGrain
{
    public async Task<RecommendAnswer> RecommendAsync(RecommendMessage message)
    {
        var (version, engine) = await models.ChooseAsync(message.Version);
        return await shards.AnswerAsync(version, message, View(new Dictionary<string, StampedRow>()), View);

        HistoryView View(IReadOnlyDictionary<string, StampedRow> rows) => HistoryView.Of(engine, message.History ?? [], rows, snapshot => (snapshot, -1));
    }

    public async Task PutAsync(string? version, GivenRow item, bool adds)
    {
        var (chosen, _) = await models.ChooseAsync(version);
        await shards.ShardOf(item.Id).PutAsync(chosen.Name, item, adds);
    }

    public async Task<bool> RemoveAsync(string? version, string itemId)
    {
        var (chosen, _) = await models.ChooseAsync(version);
        return await shards.ShardOf(itemId).RemoveAsync(chosen.Name, itemId);
    }
}
