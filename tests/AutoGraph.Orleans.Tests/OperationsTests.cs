using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using AutoGraph.Orleans;
using AutoGraph.Orleans.Rollouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Orleans.TestingHost;
using Xunit;

namespace AutoGraph.Orleans.Tests;

/// <summary>What an operator sees of a cluster: health, activities, meters.</summary>
public sealed class OperationsTests(ClusterWorld world) : IClassFixture<ClusterWorld>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_WithoutAModelWithOneAndAfterARefusedOne_IsUnhealthyHealthyDegraded()
    {
        await using var cluster = await RunningCluster.StartAsync(1, null);
        Assert.Equal((HealthStatus.Unhealthy, "No model is active."), await HealthAsync(cluster));
        await cluster.Client.PublishAsync("first", world.First, DateTimeOffset.UtcNow, Cancel);
        Assert.Equal((HealthStatus.Healthy, "Model 'first'."), await HealthAsync(cluster));
        string damaged = world.First + ".health";
        byte[] bytes = await File.ReadAllBytesAsync(world.First, Cancel);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(damaged, bytes, Cancel);
        await Assert.ThrowsAsync<InvalidDataException>(() => cluster.Client.PublishAsync("damaged", damaged, DateTimeOffset.UtcNow, Cancel));
        var (status, text) = await HealthAsync(cluster);
        for (int tries = 0; status == HealthStatus.Healthy && tries < 100; tries++)     // until the silo hears of it
        {
            await Task.Delay(100, Cancel);
            (status, text) = await HealthAsync(cluster);
        }
        Assert.Equal(HealthStatus.Degraded, status);
        Assert.Contains("damaged", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_WithAnotherNumberOfShards_ServesNothingAndEndsItsHost()
    {
        await using var cluster = await RunningCluster.StartAsync(1, world.First);
        var services = await cluster.StartSiloAsync(RunningCluster.Shards + 1);
        var ended = new TaskCompletionSource();
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(ended.SetResult);
        await ended.Task.WaitAsync(Cancel);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => services.GetRequiredService<ModelHost>().ChooseAsync(null));
        Assert.Contains("Expected Shards = 5 on every silo", error.Message, StringComparison.Ordinal);
        Assert.Equal((HealthStatus.Unhealthy, error.Message), await HealthAsync(services));
    }

    [Fact]
    public async Task Publish_FirstModelWhileSilosHaveOtherNumbersOfShards_FailsAndSaysWhere()
    {
        await using var cluster = await RunningCluster.StartAsync(1, null);
        await cluster.StartSiloAsync(RunningCluster.Shards + 1);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => cluster.Client.PublishAsync("first", world.First, DateTimeOffset.UtcNow, Cancel).WaitAsync(TimeSpan.FromMinutes(2), Cancel));
        Assert.Contains(nameof(ClusterOptions.Shards), error.Message, StringComparison.Ordinal);
        Assert.Null((await cluster.Client.StatusAsync()).Active);
    }

    [Fact]
    public async Task Health_RolloutThatDoesNotComeOn_IsDegraded()
    {
        using var loading = new ManualResetEventSlim(initialState: true);
        await using var cluster = await RunningCluster.StartAsync(1, world.First, prepare: (_, model) =>
        {
            loading.Wait(TimeSpan.FromMinutes(2));
            return model;
        });
        loading.Reset();
        var publishing = cluster.Client.PublishAsync("second", world.Second, DateTimeOffset.UtcNow, Cancel);
        var services = ((InProcessSiloHandle)cluster.Cluster.Silos[0]).SiloHost.Services;
        while (services.GetRequiredService<ModelHost>().Status.Next is null) await Task.Delay(5, Cancel);
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(services)).Status);
        var (status, text) = await HealthAsync(new Later(services, TimeSpan.FromHours(1)));
        Assert.Equal(HealthStatus.Degraded, status);
        Assert.Contains("'second' has not come on for", text, StringComparison.Ordinal);
        loading.Set();
        await publishing;
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(new Later(services, TimeSpan.FromHours(1)))).Status);
    }

    [Fact]
    public async Task Request_Listened_IsAnActivityAndADurationOfItsModel()
    {
        const string Model = "observed";        // other clusters of this process answer by other names
        await using var cluster = await RunningCluster.StartAsync(1, null);
        await cluster.Client.PublishAsync(Model, world.First, DateTimeOffset.UtcNow, Cancel);
        var activities = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ClusterTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activities.Add,
        };
        ActivitySource.AddActivityListener(listener);
        var durations = new ConcurrentBag<(double Seconds, object? Model)>();
        using var meters = new MeterListener { InstrumentPublished = (instrument, own) => { if (instrument.Name == "autograph.cluster.request.duration") own.EnableMeasurementEvents(instrument); } };
        meters.SetMeasurementEventCallback<double>((_, value, tags, _) => durations.Add((value, Tag(tags))));
        meters.Start();
        await cluster.Client.RecommendAsync(world.World.Users.Keys.First(), count: 3);

        var request = Assert.Single(activities, activity => (string?)activity.GetTagItem("autograph.model") == Model);
        Assert.Equal("autograph.cluster.recommend", request.OperationName);
        Assert.Equal([new("autograph.model", Model)], request.TagObjects);        // no id, vector or text
        Assert.True(Assert.Single(durations, duration => Model.Equals(duration.Model)).Seconds > 0);

        static object? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.Length == 1 && tags[0].Key == "autograph.model" ? tags[0].Value : null;
    }

    private static Task<(HealthStatus Status, string? Text)> HealthAsync(RunningCluster cluster) => HealthAsync(((InProcessSiloHandle)cluster.Cluster.Silos[0]).SiloHost.Services);

    private static async Task<(HealthStatus Status, string? Text)> HealthAsync(IServiceProvider services)
    {
        var result = await new ClusterHealthCheck(services).CheckHealthAsync(new HealthCheckContext(), Cancel);
        return (result.Status, result.Description);
    }

    /// <summary>The services of a silo, and a clock that is ahead.</summary>
    private sealed class Later(IServiceProvider services, TimeSpan by) : TimeProvider, IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(TimeProvider) ? this : services.GetService(serviceType);

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow + by;
    }
}
