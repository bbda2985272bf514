using AutoGraph.Torch.Tests.MlNet;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

/// <summary>An engine over the paper's own form of the graph, where a user has one vector over all items it interacted with, each of them once.</summary>
public sealed class SampledInsertionTests(SampledInsertionTests.SampledWorld world) : IClassFixture<SampledInsertionTests.SampledWorld>
{
    public sealed class SampledWorld() : ServedWorld(SmallWorld.Quantizer, SmallWorld.Graph with { UserNeighbors = UserNeighbors.Sampled });

    [Fact]
    public void UpdateUser_UnchangedHistoryAndOneWithRepeatedItems_KeepTheVectorOfTheFit()
    {
        using var engine = world.Engine();
        var before = engine.Snapshot.Users;
        foreach (string id in world.Users.Keys.Where(id => id != world.ColdUser).Take(3))
        {
            int user = before.Ids.PositionOf(id);
            string[] history = [.. world.Train.Where(row => row.User == id).OrderBy(row => row.Time).Select(row => row.Item)];
            engine.UpdateUser(new NewUser(id) { History = history });
            Close(before.States[user].ToArray(), engine.Snapshot.Users.States[user].ToArray());
            engine.UpdateUser(new NewUser(id) { History = [.. history, history[0], history[0]] });      // the graph has an edge per pair, however often it occurred
            Close(before.States[user].ToArray(), engine.Snapshot.Users.States[user].ToArray());
            Assert.Equal(history.Length + 2, engine.Snapshot.Users.Histories[user][0].Length);
        }

        static void Close(float[] expected, float[] found) => Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5f * (1 + Math.Abs(pair.First))));
    }
}
