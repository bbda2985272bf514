using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

public sealed class ConcurrencyTests(ServedWorld world) : IClassFixture<ServedWorld>
{
    private const int Inserted = 1000, Together = 4, Readers = 8;

    [Fact]
    public async Task Recommend_WhileItemsJoin_NeverReadsHalfAChangeAndFindsEachAtOnce()
    {
        using var folder = new TempFolder();
        using var engine = world.Engine(folder.File("log"));
        const string user = "nobody";       // no history, so that reasons cost nothing
        float[] vector = [.. MlNet.SmallWorld.Vectors(TransformerSearch.Flatten(world.Model).OfType<MetapathGraphTransformer>().Single().ItemPipeline!.Transform(new RowsView(world.Items[world.ColdItem])), "Semantics")[0]];
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var readers = Enumerable.Range(0, Readers).Select(_ => Task.Run(() =>
        {
            var answers = new List<IReadOnlyList<global::AutoGraph.Recommendation>>();
            do
                answers.Add(engine.Recommend(user, 100_000));
            while (!done.Task.IsCompleted);
            return answers;
        })).ToArray();

        var missing = new List<string>();
        for (int i = 0; i < Inserted; i += Together)       // all of them are there or none
        {
            NewItem[] items = [.. Enumerable.Range(i, Together).Select(New)];
            engine.AddItems(items);
            string[] ids = [.. items.Select(item => item.Id)];
            missing.AddRange(ids.Except(engine.Recommend(user, Together, new RequestOptions { Allow = ids }).Select(item => item.ItemId)));
        }
        done.SetResult();
        var all = await Task.WhenAll(readers);

        Assert.Empty(missing);
        var last = engine.Recommend(user, 100_000).ToDictionary(item => item.ItemId, item => item.Score);
        Assert.Equal(world.Items.Count + Inserted, last.Count);
        foreach (var answers in all)
        {
            int before = 0;
            foreach (var answer in answers)
            {
                int joined = answer.Count(item => item.ItemId.StartsWith("new ", StringComparison.Ordinal));
                Assert.Equal(0, joined % Together);
                Assert.True(joined >= before, "A reader went back in time.");
                Assert.Equal(last.Count - Inserted + joined, answer.Count);
                Assert.DoesNotContain(answer, item => last[item.ItemId] != item.Score);
                before = joined;
            }
        }
        using var reopened = Reopen();
        Assert.Equal(last.Count, reopened.Recommend(user, 100_000).Count);

        NewItem New(int number) => new($"new {number}") { Values = new Dictionary<string, object> { ["Year"] = 1900 + number }, SemanticVector = vector };

        RecommendationEngine Reopen()
        {
            engine.Dispose();
            return world.Engine(folder.File("log"));
        }
    }

    [Fact]
    public async Task Update_FeaturesWhileAnotherWritesHistoryOrUsers_LosesNeither()
    {
        using var engine = world.Engine();
        engine.AddUser(new NewUser("u") { History = [world.ColdItem] });
        engine.AddItem(new NewItem("i") { Values = world.Items[world.ColdItem], Users = [world.ColdUser] });
        string[] items = [.. world.Items.Keys], users = [.. world.Users.Keys];
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var features = Task.Run(() =>
        {
            do
            {
                engine.UpdateUser(new NewUser("u") { Values = world.Users[world.ColdUser] });
                engine.UpdateItem(new NewItem("i") { Values = world.Items[world.ColdItem] });
            }
            while (!done.Task.IsCompleted);
        });
        var (lost, user, item) = (0, "", "");
        for (int i = 0; i < 400; i++)
        {
            if (i > 0 && (Last(engine) != (user, item))) lost++;
            (item, user) = (items[i % items.Length], users[i % users.Length]);
            engine.UpdateUser(new NewUser("u") { History = [item] });
            engine.UpdateItem(new NewItem("i") { Values = world.Items[world.ColdItem], Users = [user] });
        }
        done.SetResult();
        await features;
        Assert.Equal((user, item), Last(engine));
        Assert.Equal(0, lost);

        static (string User, string Item) Last(RecommendationEngine engine)
        {
            var now = engine.Snapshot;
            return (now.Users.Ids[now.Items.Users[now.Items.Ids.PositionOf("i")][0]!.Single()], now.Items.Ids[now.Users.Histories[now.Users.Ids.PositionOf("u")][0].Span[0]]);
        }
    }

    [Fact]
    public async Task AddItems_ManyWritersAtOnce_AllAreKeptAndOneOfEachIdWins()
    {
        const int writers = 8, each = 25;
        using var folder = new TempFolder();
        var values = world.Items[world.ColdItem];
        using (var engine = world.Engine(folder.File("log")))
        {
            var refused = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() =>
            {
                int refused = 0;
                for (int i = 0; i < each; i++)
                {
                    engine.AddItem(new NewItem($"own {writer} {i}") { Values = values });
                    try
                    {
                        engine.AddItems([new NewItem($"beside {writer} {i}") { Values = values }, new NewItem($"contested {i}") { Values = values }]);
                    }
                    catch (ArgumentException error)
                    {
                        Assert.Contains($"'contested {i}' is there already", error.Message, StringComparison.Ordinal);
                        Assert.True(engine.Snapshot.Items.Ids.PositionOf($"beside {writer} {i}") < 0);
                        refused++;
                    }
                }
                return refused;
            })));
            Assert.Equal((writers - 1) * each, refused.Sum());
        }
        using var reopened = world.Engine(folder.File("log"));
        string[] joined = [.. Enumerable.Range(world.Items.Count, reopened.Snapshot.Items.Ids.Count - world.Items.Count).Select(item => reopened.Snapshot.Items.Ids[item])];
        Assert.Equal(writers * each + 2 * each, joined.Length);
        Assert.All(Enumerable.Range(0, writers * each), i => Assert.Contains($"own {i / each} {i % each}", joined));
        foreach (int i in Enumerable.Range(0, each))        // and stands beside what was added with it
            Assert.StartsWith("beside ", joined[Array.IndexOf(joined, $"contested {i}") - 1], StringComparison.Ordinal);
    }
}
