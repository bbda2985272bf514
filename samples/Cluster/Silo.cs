using System.Net;
using AutoGraph.Orleans;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Cluster;

/// <summary>One silo: in memory with the first one as the meeting point, or with a PostgreSQL database.</summary>
internal static class Silo
{
    internal const int FirstPort = 21_110, FirstGateway = 31_110;
    internal const string Name = "autograph", Invariant = "Npgsql";

    public static async Task RunAsync(int number, string? database)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleans(silo =>
        {
            if (database is null)
            {
                silo.UseLocalhostClustering(FirstPort + number, FirstGateway + number, new IPEndPoint(IPAddress.Loopback, FirstPort), Name, Name);
                silo.AddMemoryGrainStorage(AutoGraph.Orleans.ClusterOptions.StorageName);
            }
            else
            {
                silo.Configure<global::Orleans.Configuration.ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (Name, Name));
                silo.ConfigureEndpoints(IPAddress.Loopback, FirstPort + number, FirstGateway + number);
                silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, database));
                silo.AddAdoNetGrainStorage(AutoGraph.Orleans.ClusterOptions.StorageName, options => (options.Invariant, options.ConnectionString) = (Invariant, database));
            }
            // a silo that does not answer for six seconds is dead
            silo.Configure<ClusterMembershipOptions>(membership => (membership.ProbeTimeout, membership.NumMissedProbesLimit, membership.NumVotesForDeathDeclaration) = (TimeSpan.FromSeconds(2), 3, 1));
            silo.AddAutoGraph(options => options.ReleaseAfter = TimeSpan.FromSeconds(1));
        });
        await builder.Build().RunAsync();
    }
}
