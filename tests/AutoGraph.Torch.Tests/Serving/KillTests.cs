using System.Globalization;
using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.Persistence;
using Microsoft.ML;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

/// <summary>Processes killed at random moments lose nothing that they acknowledged. AUTOGRAPH_TEST_KILLS says how often each is killed (default 4; releases: 50).</summary>
public sealed class KillTests : IDisposable
{
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("AUTOGRAPH_TEST_KILLS") ?? "4", CultureInfo.InvariantCulture);
    private readonly TempFolder _folder = new();
    private readonly Random _random = new(Kills);
    private readonly AutoGraphCatalog _autoGraph = new MLContext().AutoGraph();
    private readonly ITransformer _model;

    public KillTests()
    {
        File.Copy(ReleasedVersion.Named(ReleasedVersion.Names.Last()).Model, _folder.File(ToBeKilled.Model));
        _model = _autoGraph.Load(_folder.File(ToBeKilled.Model), out _);
    }

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData(nameof(ToBeKilled.Insert), 60), InlineData(nameof(ToBeKilled.Compact), 30)]
    public async Task Engine_ProcessKilledAtRandomMoments_KeepsEveryAcknowledgedItem(string work, int mostLines)
    {
        var acknowledged = new HashSet<string>();
        int cut = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            acknowledged.UnionWith(await KilledProcess.Run(work, _folder.Path, _random, mostLines, TestContext.Current.CancellationToken));
            using var engine = _autoGraph.CreateEngine(_model, _folder.File(ToBeKilled.Log));
            if (engine.CutLogBytes > 0) cut++;
            var items = engine.Snapshot.Items;
            Assert.All(acknowledged, id => Assert.True(items.Ids.PositionOf(id) >= 0, $"Lost {id} after kill {kill}."));
            Assert.Subset(engine.Recommend("nobody", 100_000).Select(item => item.ItemId).ToHashSet(), acknowledged);
            for (int item = 0; item < items.Ids.Count; item++)      // both of a pair, or none
                if (items.Ids[item].StartsWith("first ", StringComparison.Ordinal)) Assert.Equal(items.Ids[item].Replace("first", "second", StringComparison.Ordinal), items.Ids[item + 1]);
        }
        Assert.True(acknowledged.Count >= Kills);
        TestContext.Current.TestOutputHelper!.WriteLine($"{work}: {Kills} kills, {acknowledged.Count} items acknowledged and kept, {cut} times a half record was cut.");
    }

    [Fact]
    public async Task Save_ProcessKilledAtRandomMoments_LeavesAWholeModel()
    {
        (string User, string Item)[] pairs = [.. ReleasedVersion.Named(ReleasedVersion.Names.Last()).ReadScores().Select(row => (row.User, row.Item))];
        float[] expected = ReleasedVersion.ScoresOf(_model, pairs);
        int left = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            await KilledProcess.Run(nameof(ToBeKilled.Save), _folder.Path, _random, mostLines: 12, TestContext.Current.CancellationToken);
            Assert.Equal(expected, ReleasedVersion.ScoresOf(_autoGraph.Load(_folder.File(ToBeKilled.Saved), out _), pairs));
            left = Directory.GetFiles(_folder.Path, "*.tmp").Length;
        }
        TestContext.Current.TestOutputHelper!.WriteLine($"{Kills} kills, {left} of them within a save.");
    }
}
