using System.Net;
using AutoGraph.Orleans;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Cluster;

/// <summary>One silo on loopback: in memory, or with membership and grain storage in PostgreSQL.</summary>
internal static class Silo
{
    /// <summary>Serves until the process is told to stop.</summary>
    /// <param name="number">Which one.</param>
    /// <param name="postgres">Where it keeps its state; null: in memory.</param>
    /// <param name="endpoint">Who answers prompts; null: nobody.</param>
    public static async Task RunAsync(int number, string? postgres, Uri? endpoint)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls(Silos.Web(number).ToString());
        builder.Services.AddHealthChecks().AddCheck<ClusterHealthCheck>("autograph");
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(ClusterTelemetry.SourceName, "Microsoft.Orleans").AddPrometheusExporter());
        builder.Host.UseOrleans(silo =>
        {
            if (postgres is null)
            {
                // The first silo keeps the list of members, and each silo its part of the storage: for development only.
                silo.UseLocalhostClustering(Silos.FirstPort + number, Silos.FirstGateway + number, new IPEndPoint(IPAddress.Loopback, Silos.FirstPort)).AddMemoryGrainStorage(AutoGraph.Orleans.ClusterOptions.StorageName);
            }
            else
            {
                silo.ConfigureEndpoints(IPAddress.Loopback, Silos.FirstPort + number, Silos.FirstGateway + number)
                    .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", postgres))
                    .AddAdoNetGrainStorage(AutoGraph.Orleans.ClusterOptions.StorageName, options => (options.Invariant, options.ConnectionString) = ("Npgsql", postgres));
            }
            // A silo that does not answer for six seconds is left out, and its grains come up elsewhere.
            silo.Configure<ClusterMembershipOptions>(options => (options.ProbeTimeout, options.NumMissedProbesLimit) = (TimeSpan.FromSeconds(2), 3));
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = Silos.Patience);
            silo.AddAutoGraph(options => options.Knowledge = endpoint is null ? null : Endpoint.Of(endpoint));
        });
        await using var app = builder.Build();
        app.MapHealthChecks("/health");
        app.MapPrometheusScrapingEndpoint("/metrics");
        await app.RunAsync();
    }
}
