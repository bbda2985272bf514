using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

public sealed class ConcurrencyTests(ServedWorld world) : IClassFixture<ServedWorld>
{
    private const int Inserted = 1000, Readers = 8;

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
        for (int i = 0; i < Inserted; i += 2)       // two at a time: both are there or none
        {
            engine.AddItems([New(i), New(i + 1)]);
            if (i % 100 == 0 && engine.Recommend(user, 100_000).Count(item => item.ItemId.StartsWith("new ", StringComparison.Ordinal)) != i + 2) missing.Add($"new {i}");
            if (engine.Snapshot.Items.Ids.PositionOf($"new {i + 1}") < 0) missing.Add($"new {i + 1}");
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
                Assert.Equal(0, joined % 2);
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
}
