// Three silos as processes and a client that compares them with one engine.
//   dotnet run -c Release --project samples/Cluster                      in memory: clustering and storage end with the silos
//   dotnet run -c Release --project samples/Cluster -- "Host=127.0.0.1;Database=orleans;Username=orleans"      PostgreSQL: a silo is killed ten times under load, too
// The database needs PostgreSQL-Main.sql, -Clustering.sql and -Persistence.sql of Orleans.
using Cluster;

if (args is ["silo", var number, .. var database])
{
    await Cluster.Silo.RunAsync(int.Parse(number, System.Globalization.CultureInfo.InvariantCulture), database.FirstOrDefault());
    return 0;
}
return await Client.RunAsync(args.FirstOrDefault());
