using AutoGraph.Orleans;
using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Orleans.Tests;

public sealed class JobTests(ClusterWorld world) : IClassFixture<ClusterWorld>, IDisposable
{
    private const int Partitions = 12;
    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Input => _folder.File("in");

    private string Output => _folder.File("out");

    private string Codes => _folder.File("codes.zip");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Transform_ThreeSilos_GivesTheVectorsAndCodesOfOneMachine()
    {
        var expected = ItemsToCodes();
        await using var cluster = await RunningCluster.StartAsync(3, null);
        var heard = new List<JobStatus>();
        var status = await cluster.Jobs.RunAsync("codes", new TransformJob { Input = Input, Output = Output, Model = Codes, Columns = ["ItemId", "Semantics", "Codes"] }, new Heard(heard), Cancel);
        Assert.Equal((JobState.Completed, Partitions, Partitions, (long)expected.Length, 0), (status.State, status.Partitions, status.Done, status.Rows, status.Failures.Count));
        Assert.Equal(status, heard[^1] with { Failures = status.Failures });
        Assert.Equal(expected, CodesOf(Output));
    }

    [Fact]
    public async Task Transform_ModelWithGraphAndRecommender_GivesTheScoresOfOneMachine()
    {
        var context = new MLContext();
        Write(Tables.Interactions(context, world.World.Train));
        var expected = world.World.Model.Transform(context.Data.LoadFromParquet(Input)).GetColumn<float>("Score").ToArray();
        await using var cluster = await RunningCluster.StartAsync(2, null);
        var status = await cluster.Jobs.RunAsync("scores", new TransformJob { Input = Input, Output = Output, Model = world.First, Columns = ["UserId", "ItemId", "Score"] }, cancellationToken: Cancel);
        Assert.Equal((JobState.Completed, (long)world.World.Train.Length), (status.State, status.Rows));
        // a batch of another size adds up in another order
        Assert.All(expected.Zip(context.Data.LoadFromParquet(Output).GetColumn<float>("Score")), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public async Task Recommend_AfterChanges_GivesTheBatchOfOneMachineAfterTheSame()
    {
        await using var cluster = await RunningCluster.StartAsync(3, world.First);
        using var engine = world.Engine(world.First);
        await new SameChanges(engine, cluster.Client, world.World).InsertAsync();
        string[] users = [.. world.World.Users.Keys, .. SameChanges.Inserted, "nobody"];
        Write(Users(users));
        var status = await cluster.Jobs.RunAsync("nightly", new RecommendJob { Input = Input, Output = Output, Count = 5, Options = new() { ExcludeSeen = false } }, cancellationToken: Cancel);
        Assert.Equal((JobState.Completed, "first", 5L * users.Length), (status.State, status.Version, status.Rows));
        Assert.Equal(Best(engine, users, 5, new() { ExcludeSeen = false }), Best(new MLContext().Data.LoadFromParquet(Output)));
    }

    [Fact]
    public async Task Recommend_AfterARollout_TheVersionOfItsBeginningAnswersOrSaysThatItIsGone()
    {
        await using var cluster = await RunningCluster.StartAsync(2, world.First);
        Write(Users(world.World.Users.Keys));
        Assert.Contains("belongs to another model", (await Assert.ThrowsAsync<InvalidDataException>(() => cluster.Jobs.StartAsync("nobody's", new RecommendJob { Input = Input, Output = Output, Version = "third" }))).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(Input, "part-99.parquet"), "no Parquet");
        var job = new RecommendJob { Input = Input, Output = Output };
        Assert.Equal(JobState.Failed, (await cluster.Jobs.RunAsync("nightly", job, cancellationToken: Cancel)).State);
        await cluster.Client.PublishAsync("second", world.Second, DateTimeOffset.UtcNow, Cancel);
        while ((await cluster.Client.StatusAsync()).Retiring.Count > 0) await Task.Delay(50, Cancel);
        File.Delete(Path.Combine(Output, "part-00.parquet"));
        var status = await cluster.Jobs.RunAsync("nightly", job, cancellationToken: Cancel);
        Assert.Equal(("first", Partitions - 1), (status.Version, status.Done));
        Assert.Contains("belongs to another model", status.Failures.Single(failure => failure.File == "part-00.parquet").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SiloKilled_InTheMiddle_AllPartitionsAreDoneAndFewTwice()
    {
        var expected = ItemsToCodes();
        string name = Guid.NewGuid().ToString("N");
        await using var cluster = await RunningCluster.StartAsync(3, null, prepare: HeldModel.Under(name));
        var running = cluster.Jobs.RunAsync("codes", Job, cancellationToken: Cancel);
        while (HeldModel.Count(name) < 4) await Task.Delay(5, Cancel);
        await cluster.Cluster.KillSiloAsync(cluster.Cluster.SecondarySilos[0]);
        Assert.Equal((JobState.Completed, (long)expected.Length), ((await running).State, (await running).Rows));
        Assert.Equal(expected, CodesOf(Output));
        Assert.InRange(HeldModel.Count(name), Partitions, Partitions + 6);      // two a silo, where the grain died with it: what was under way, and what could not be told
    }

    [Fact]
    public async Task WholeCluster_KilledAndStartedAgain_GoesOnWhereItStopped()
    {
        var expected = ItemsToCodes();
        string name = Guid.NewGuid().ToString("N"), service;
        int done;
        await using (var cluster = await RunningCluster.StartAsync(2, null, prepare: HeldModel.Under(name)))
        {
            service = cluster.Cluster.Options.ServiceId;
            await cluster.Jobs.StartAsync("codes", Job);
            while ((done = (await cluster.Jobs.StatusAsync("codes")).Done) < 4) await Task.Delay(5, Cancel);
        }
        Assert.True(done < Partitions, "there was no middle");
        var before = Directory.EnumerateFiles(Output, "*.parquet").ToDictionary(file => file, File.GetLastWriteTimeUtc);
        await using var again = await RunningCluster.StartAsync(2, null, service: service, prepare: HeldModel.Under(name));
        // nobody starts it again: the storage knows of it
        while ((await again.Jobs.StatusAsync("codes")).State == JobState.Running) await Task.Delay(20, Cancel);
        Assert.Equal(expected, CodesOf(Output));
        Assert.InRange(before.Count(file => File.GetLastWriteTimeUtc(file.Key) == file.Value), done, Partitions);       // those that were done are as they were
    }

    [Fact]
    public async Task StorageAway_PartitionsWaitForIt()
    {
        var expected = ItemsToCodes();
        string name = Guid.NewGuid().ToString("N");
        await using var cluster = await RunningCluster.StartAsync(2, null, prepare: HeldModel.Under(name));
        var running = cluster.Jobs.RunAsync("codes", Job, cancellationToken: Cancel);
        while (HeldModel.Count(name) < 3) await Task.Delay(5, Cancel);
        cluster.Storage.Fails = SharedStorage.Failure.AfterWriting;
        while (cluster.Storage.Failures < 3) await Task.Delay(5, Cancel);
        cluster.Storage.Fails = SharedStorage.Failure.None;
        Assert.Equal(JobState.Completed, (await running).State);
        Assert.Equal(expected, CodesOf(Output));
    }

    [Fact]
    public async Task BadPartition_IsToldAndTriedAgainByTheNextStart()
    {
        var expected = ItemsToCodes();
        string bad = Path.Combine(Input, "part-03.parquet"), name = Guid.NewGuid().ToString("N");
        byte[] whole = File.ReadAllBytes(bad);
        var written = File.GetLastWriteTimeUtc(bad);
        File.WriteAllBytes(bad, new byte[whole.Length]);
        File.SetLastWriteTimeUtc(bad, written);
        await using var cluster = await RunningCluster.StartAsync(2, null, prepare: HeldModel.Under(name));
        var status = await cluster.Jobs.RunAsync("codes", Job, cancellationToken: Cancel);
        Assert.Equal((JobState.Failed, Partitions - 1, "part-03.parquet"), (status.State, status.Done, status.Failures.Single().File));
        Assert.Contains(bad, status.Failures[0].Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Output, "part-03.parquet")));
        File.WriteAllBytes(bad, whole);
        File.SetLastWriteTimeUtc(bad, written);
        int begun = HeldModel.Count(name);
        Assert.Equal((JobState.Completed, Partitions), ((status = await cluster.Jobs.RunAsync("codes", Job, cancellationToken: Cancel)).State, status.Done));
        Assert.Equal(begun + 1, HeldModel.Count(name));
        Assert.Equal(expected, CodesOf(Output));
    }

    [Fact]
    public async Task Stop_LeavesWhatIsDone_AndStartGoesOn()
    {
        var expected = ItemsToCodes();
        string name = Guid.NewGuid().ToString("N");
        await using var cluster = await RunningCluster.StartAsync(1, null, prepare: HeldModel.Under(name));
        await cluster.Jobs.StartAsync("codes", Job);
        while ((await cluster.Jobs.StatusAsync("codes")).Done < 2) await Task.Delay(5, Cancel);
        await cluster.Jobs.StopAsync("codes");
        var stopped = await cluster.Jobs.StatusAsync("codes");
        Assert.Equal(JobState.Stopped, stopped.State);
        await Task.Delay(HeldModel.Each * 4, Cancel);
        Assert.InRange((await cluster.Jobs.StatusAsync("codes")).Done, stopped.Done, stopped.Done + 1);      // the one under way
        Assert.Equal(JobState.Completed, (await cluster.Jobs.RunAsync("codes", Job, cancellationToken: Cancel)).State);
        Assert.Equal(expected, CodesOf(Output));
    }

    [Fact]
    public async Task Start_WhatCannotBe_IsRefusedBeforeAnythingBegins()
    {
        ItemsToCodes();
        await using var cluster = await RunningCluster.StartAsync(1, null);
        var jobs = cluster.Jobs;
        async Task<string> Refused<T>(string name, ClusterJob job) where T : Exception => (await Assert.ThrowsAsync<T>(() => jobs.StartAsync(name, job))).Message;
        Assert.Contains("found the same", await Refused<ArgumentException>("a", Job with { Output = Input }), StringComparison.Ordinal);
        Assert.Contains(_folder.File("gone"), await Refused<DirectoryNotFoundException>("a", Job with { Input = _folder.File("gone") }), StringComparison.Ordinal);
        Directory.CreateDirectory(_folder.File("empty"));
        Assert.Contains("*.parquet", await Refused<FileNotFoundException>("a", Job with { Input = _folder.File("empty") }), StringComparison.Ordinal);
        Assert.Contains("gone.zip", await Refused<FileNotFoundException>("a", Job with { Model = _folder.File("gone.zip") }), StringComparison.Ordinal);
        Assert.Contains("active model", await Refused<InvalidOperationException>("a", new RecommendJob { Input = Input, Output = Output }), StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotSupportedException>(() => jobs.StartAsync("a", new RecommendJob { Input = Input, Output = Output, Options = new() { ContentWeight = 1 } }));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => jobs.StatusAsync("a"));
        Assert.Equal(JobState.Completed, (await jobs.RunAsync("a", Job, cancellationToken: Cancel)).State);
        Assert.Contains("Give another job another name", await Refused<ArgumentException>("a", Job with { Columns = ["Codes"] }), StringComparison.Ordinal);
        Assert.Contains("part-00.parquet", await Refused<ArgumentException>("b", Job), StringComparison.Ordinal);
        File.SetLastWriteTimeUtc(Path.Combine(Input, "part-05.parquet"), DateTime.UtcNow.AddHours(1));
        Assert.Contains("another name and another output", await Refused<ArgumentException>("a", Job), StringComparison.Ordinal);
    }

    private TransformJob Job => new() { Input = Input, Output = Output, Model = Codes, Columns = ["ItemId", "Semantics", "Codes"] };

    // a model of texts to vectors to codes, its partitions, and what one machine makes of them
    private (string, string, string)[] ItemsToCodes()
    {
        var small = new SmallWorld();
        var model = small.Codes().Append(small.Context.Transforms.Conversion.MapKeyToValue("Codes")).Fit(small.Data.Items);
        small.AutoGraph.Save(model, null, Codes);
        Write(small.Data.Items);
        return RowsOf(model.Transform(small.Data.Items));
    }

    private void Write(IDataView rows)
    {
        Directory.CreateDirectory(Input);
        var context = new MLContext();
        long count = rows.GetColumn<string>(rows.Schema[0].Name).LongCount(), each = (count + Partitions - 1) / Partitions;
        for (int part = 0; part < Partitions; part++)
            context.Data.SaveAsParquet(context.Data.TakeRows(part == 0 ? rows : context.Data.SkipRows(rows, part * each), each), Path.Combine(Input, $"part-{part:00}.parquet"));
    }

    private static (string, string, string)[] CodesOf(string folder) => RowsOf(new MLContext().Data.LoadFromParquet(folder));

    private static (string, string, string)[] RowsOf(IDataView view) =>
        [.. view.GetColumn<string>("ItemId").Zip(SmallWorld.Vectors(view, "Semantics").Select(vector => string.Join(' ', vector)), Tables.TextVectors(view, "Codes").Select(codes => string.Join('-', codes)))];

    private static IDataView Users(IEnumerable<string> ids) => new MLContext().Data.LoadFromEnumerable(ids.Select(id => new UserRow { UserId = id }));

    internal static (string, int, string, float)[] Best(RecommendationEngine engine, string[] users, int count, RequestOptions? options = null) =>
        [.. users.SelectMany(user => engine.Recommend(user, count, options ?? RequestOptions.Default).Select((item, place) => (user, place + 1, item.ItemId, item.Score)))];

    internal static (string, int, string, float)[] Best(IDataView view) =>
        [.. view.GetColumn<string>("UserId").Zip(view.GetColumn<int>("Rank"), view.GetColumn<string>("ItemId")).Zip(view.GetColumn<float>("Score"), (row, score) => (row.First, row.Second, row.Third, score))];

    internal sealed class UserRow
    {
        public string UserId { get; set; } = "";
    }

    private sealed class Heard(List<JobStatus> list) : IProgress<JobStatus>
    {
        public void Report(JobStatus value) => list.Add(value);
    }
}
