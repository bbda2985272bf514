using System.Diagnostics;
using System.Globalization;
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
    private const int FirstPort = 11411, FirstGateway = 31411, FirstWeb = 8411;

    // what a call that meets a dying silo waits for at most; 30 s without this
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Serves until the process is told to stop.</summary>
    /// <param name="number">Which one.</param>
    /// <param name="postgres">Where it keeps its state; null: in memory.</param>
    /// <param name="endpoint">Who answers prompts; null: nobody.</param>
    public static async Task RunAsync(int number, string? postgres, Uri? endpoint)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls(Web(number).ToString());
        builder.Services.AddHealthChecks().AddCheck<ClusterHealthCheck>("autograph");
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(ClusterTelemetry.SourceName, "Microsoft.Orleans").AddPrometheusExporter());
        builder.Host.UseOrleans(silo =>
        {
            if (postgres is null)
            {
                // The first silo keeps the list of members, and each silo its part of the storage: for development only.
                silo.UseLocalhostClustering(FirstPort + number, FirstGateway + number, new IPEndPoint(IPAddress.Loopback, FirstPort)).AddMemoryGrainStorage(AutoGraph.Orleans.ClusterOptions.StorageName);
            }
            else
            {
                silo.ConfigureEndpoints(IPAddress.Loopback, FirstPort + number, FirstGateway + number)
                    .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", postgres))
                    .AddAdoNetGrainStorage(AutoGraph.Orleans.ClusterOptions.StorageName, options => (options.Invariant, options.ConnectionString) = ("Npgsql", postgres));
            }
            // A silo that does not answer for six seconds is left out, and its grains come up elsewhere.
            silo.Configure<ClusterMembershipOptions>(options => (options.ProbeTimeout, options.NumMissedProbesLimit) = (TimeSpan.FromSeconds(2), 3));
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = Patience);
            silo.AddAutoGraph(options => options.Knowledge = endpoint is null ? null : Endpoint.Of(endpoint));
        });
        await using var app = builder.Build();
        app.MapHealthChecks("/health");
        app.MapPrometheusScrapingEndpoint("/metrics");
        await app.RunAsync();
    }

    /// <summary>Where a silo tells its health and its metrics.</summary>
    public static Uri Web(int number) => new($"http://127.0.0.1:{FirstWeb + number}");

    /// <summary>A client of the silos.</summary>
    public static IHost Client(string? postgres)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleansClient(client =>
        {
            if (postgres is null) client.UseLocalhostClustering(FirstGateway);
            else client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", postgres));
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2));
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = Patience);
            // Silos that are starting are waited for.
            client.UseConnectionRetryFilter(async (_, cancellation) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), cancellation);
                return true;
            });
            client.AddAutoGraph();
        });
        return builder.Build();
    }

    /// <summary>Starts a silo as a process of its own.</summary>
    /// <param name="program">Path of this program, Cluster.dll.</param>
    /// <param name="number">Which one.</param>
    /// <param name="postgres">Where it keeps its state; null: in memory.</param>
    /// <param name="endpoint">Who answers prompts; null: nobody.</param>
    public static Process Start(string program, int number, string? postgres, Uri? endpoint = null)
    {
        string[] connection = postgres is null ? [] : ["--postgres", postgres], asked = endpoint is null ? [] : ["--endpoint", endpoint.ToString()];
        return Process.Start("dotnet", [program, "silo", number.ToString(CultureInfo.InvariantCulture), .. connection, .. asked]);
    }
}
