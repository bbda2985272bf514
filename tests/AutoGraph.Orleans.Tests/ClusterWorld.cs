using System.Collections.Concurrent;
using System.Globalization;
using AutoGraph.Orleans;
using AutoGraph.Semantics.Costs;
using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.MlNet;
using AutoGraph.Torch.Tests.Serving;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Storage;
using Orleans.TestingHost;
using Xunit;

namespace AutoGraph.Orleans.Tests;

/// <summary>Two models of the same small world, saved; what each test's cluster serves.</summary>
public sealed class ClusterWorld : IDisposable
{
    private readonly TempFolder _folder = new();

    public ClusterWorld()
    {
        World = new ServedWorld();
        Other = new ServedWorld(SmallWorld.Quantizer with { Seed = 9 }, SmallWorld.Graph);
        World.AutoGraph.Save(World.Model, null, First);
        Other.AutoGraph.Save(Other.Model, null, Second);
    }

    internal ServedWorld World { get; }

    internal ServedWorld Other { get; }

    internal string First => _folder.File("first.zip");

    internal string Second => _folder.File("second.zip");

    /// <summary>One machine with a model.</summary>
    internal RecommendationEngine Engine(string path)
    {
        var autoGraph = new MLContext().AutoGraph();
        return autoGraph.CreateEngine(autoGraph.Load(path, out _));
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>A cluster of silos in this process, with storage in memory.</summary>
internal sealed class RunningCluster : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<string, Func<AutoGraphCatalog, ITransformer, ITransformer>> Preparations = new();

    private RunningCluster(TestCluster cluster) => Cluster = cluster;

    internal TestCluster Cluster { get; }

    internal SharedStorage Storage => SharedStorage.Of(Cluster.Options.ServiceId);

    internal RecommendationCluster Client => Cluster.Client.ServiceProvider.GetRequiredService<RecommendationCluster>();

    internal JobCluster Jobs => Cluster.Client.ServiceProvider.GetRequiredService<JobCluster>();

    internal KnowledgeCluster Knowledge => Cluster.Client.ServiceProvider.GetRequiredService<KnowledgeCluster>();

    internal SharedEndpoint Endpoint => SharedEndpoint.Of(Cluster.Options.ServiceId);

    internal const int CallsInFlight = 4, Shards = 5;

    private const string IsLimited = nameof(IsLimited);

    internal const decimal Budget = 0.05m;       // a call costs 0.001 (20 tokens), and sets aside more

    internal static ChatOptions Chat => new() { MaxOutputTokens = 20 };

    /// <summary>Starts silos, and publishes a model where one is given.</summary>
    /// <param name="silos">How many.</param>
    /// <param name="model">The file to publish, or null.</param>
    /// <param name="callsPerMinute">Limit of the endpoint.</param>
    /// <param name="service">Whose storage it has; null: a new one.</param>
    /// <param name="releaseAfter">How long old models stay.</param>
    /// <param name="isLimited">Whether there is a budget.</param>
    /// <param name="mostBytes">Size of a message at most.</param>
    /// <param name="prepare">What silos do with models that they load; null: nothing.</param>
    internal static async Task<RunningCluster> StartAsync(int silos, string? model, int? callsPerMinute = null, string? service = null, Func<AutoGraphCatalog, ITransformer, ITransformer>? prepare = null,
        TimeSpan releaseAfter = default, int? mostBytes = null, bool isLimited = true)
    {
        var builder = new TestClusterBuilder((short)silos);
        if (service is not null)
        {
            builder.Options.ServiceId = service;
            SharedStorage.Of(service).Reopen();
        }
        if (prepare is not null) Preparations[builder.Properties[nameof(ClusterOptions.Prepare)] = Guid.NewGuid().ToString()] = prepare;
        builder.Properties[nameof(ClusterOptions.ReleaseAfter)] = releaseAfter.ToString();
        if (callsPerMinute is { } rate) builder.Properties[nameof(ClusterKnowledgeOptions.CallsPerMinute)] = rate.ToString(CultureInfo.InvariantCulture);
        if (mostBytes is { } bytes) builder.Properties[nameof(MessagingOptions.MaxMessageBodySize)] = bytes.ToString(CultureInfo.InvariantCulture);
        builder.Properties[IsLimited] = isLimited.ToString();
        builder.AddSiloBuilderConfigurator<Silos>();
        builder.AddClientBuilderConfigurator<Clients>();
        var cluster = builder.Build();
        await cluster.DeployAsync();
        var running = new RunningCluster(cluster);
        if (model is not null) await running.Client.PublishAsync("first", model, DateTimeOffset.UtcNow, TestContext.Current.CancellationToken);
        return running;
    }

    /// <summary>Starts one more silo, with another number of shards.</summary>
    internal async Task<IServiceProvider> StartSiloAsync(int shards)
    {
        var own = new MemoryConfigurationSource { InitialData = new Dictionary<string, string?> { [nameof(ClusterOptions.Shards)] = shards.ToString(CultureInfo.InvariantCulture) } };
        return ((InProcessSiloHandle)await Cluster.StartSiloAsync(Cluster.Silos.Count, Cluster.Options, [own])).SiloHost.Services;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Cluster.GetActiveSilos().ToArray().Select(Cluster.KillSiloAsync));     // nobody needs to hear of it
        await Cluster.DisposeAsync();
    }

    private sealed class Silos : ISiloConfigurator
    {
        public void Configure(ISiloBuilder silo) => silo.ConfigureServices(services => services.AddKeyedSingleton<IGrainStorage>(ClusterOptions.StorageName, (provider, _) => SharedStorage.Of(provider))).AddAutoGraph(options =>
        {
            (options.Shards, options.ReleaseAfter) = (silo.Configuration.GetValue(nameof(ClusterOptions.Shards), Shards), TimeSpan.Parse(silo.Configuration[nameof(ClusterOptions.ReleaseAfter)]!, CultureInfo.InvariantCulture));
            if (silo.Configuration[nameof(ClusterOptions.Prepare)] is { } prepare) options.Prepare = Preparations[prepare];
            options.Knowledge = new()
            {
                CallsPerMinute = silo.Configuration[nameof(ClusterKnowledgeOptions.CallsPerMinute)] is { } rate ? int.Parse(rate, CultureInfo.InvariantCulture) : null,
                Client = provider => new SharedEndpoint.Client(SharedEndpoint.Of(provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<global::Orleans.Configuration.ClusterOptions>>().Value.ServiceId)),
                Generator = new() { Model = "test", Chat = Chat, RetryAfter = SharedEndpoint.WaitOf, Concurrency = CallsInFlight, Budget = silo.Configuration.GetValue(IsLimited, true) ? Budget : null, Prices = new(new Dictionary<string, ModelPrice> { ["test"] = new(50, 50) }) },
            };
        });
    }

    private sealed class Clients : IClientBuilderConfigurator
    {
        public void Configure(Microsoft.Extensions.Configuration.IConfiguration configuration, IClientBuilder client) => client.AddAutoGraph()
            .Configure<ClientMessagingOptions>(options => options.MaxMessageBodySize = configuration.GetValue(nameof(MessagingOptions.MaxMessageBodySize), options.MaxMessageBodySize));
    }
}
