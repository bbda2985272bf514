using System.Diagnostics;
using System.Globalization;
using AutoGraph.Orleans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Cluster;

/// <summary>Silos seen from outside: their processes, their addresses and their clients.</summary>
internal static class Silos
{
    public const int FirstPort = 11411, FirstGateway = 31411;
    private const int FirstWeb = 8411;

    /// <summary>What a call that meets a dying silo waits for at most; 30 s unless it is set.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

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
