using AutoGraph.Orleans.Jobs;
using AutoGraph.Orleans.Rollouts;
using AutoGraph.Orleans.Serving;
using AutoGraph.Orleans.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Storage;

namespace AutoGraph.Orleans;

/// <summary>Registers silos and clients.</summary>
public static class ClusterHosting
{
    /// <summary>Lets a silo serve models, users and items; its grain storage is the one named <see cref="ClusterOptions.StorageName"/>.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="configure">Changes the options; null: the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range (when the silo starts).</exception>
    public static ISiloBuilder AddAutoGraph(this ISiloBuilder silo, Action<ClusterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Services.AddOptions<ClusterOptions>().Configure(configure ?? (_ => { })).PostConfigure(options => options.Validate());
        silo.Services.AddSingleton<ShardCalls>().AddSingleton<Knowledge.SharedChatClient>().AddSingleton<ModelHost>().AddHostedService(services => services.GetRequiredService<ModelHost>());
        silo.Services.AddKeyedSingleton<IGrainStorage>(GuardedStorage.Name, (services, _) => GuardedStorage.Of(services));
        silo.Services.AddSingleton<PartitionWork>().AddHostedService<JobWorker>();
        silo.Services.AddSingleton<RecommendationCluster>().AddSingleton<KnowledgeCluster>().AddSingleton<JobCluster>();
        return silo;
    }

    /// <summary>Gives a client of the cluster <see cref="RecommendationCluster"/>, <see cref="KnowledgeCluster"/> and <see cref="JobCluster"/>.</summary>
    /// <param name="client">The client.</param>
    public static IClientBuilder AddAutoGraph(this IClientBuilder client)
    {
        ArgumentNullException.ThrowIfNull(client);
        client.Services.AddSingleton<RecommendationCluster>().AddSingleton<KnowledgeCluster>().AddSingleton<JobCluster>();
        return client;
    }
}
