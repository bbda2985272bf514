// Three silos as processes of their own and a client: requests, an insertion, a rolling update of the model, a nightly job over Parquet files.
//   dotnet run -c Release --project samples/Cluster                                   three silos that keep everything in memory
//   dotnet run -c Release --project samples/Cluster -- --postgres "Host=127.0.0.1;…;Maximum Pool Size=25"  kept in PostgreSQL; one silo is killed on the way
//   Cluster silo 0 [--postgres …] [--endpoint http://…/v1]                            one silo; numbers 0, 1, … side by side; curl 127.0.0.1:8411/health and /metrics
using System.Globalization;

string? Option(string name) => args.IndexOf(name) is >= 0 and var place && place + 1 < args.Length ? args[place + 1] : null;

string? postgres = Option("--postgres");
if (args is ["silo", var number, ..])
    await Cluster.Silo.RunAsync(int.Parse(number, CultureInfo.InvariantCulture), postgres, Option("--endpoint") is { } endpoint ? new(endpoint) : null);
else
    await Cluster.Lesson.RunAsync(new AutoGraph.Datasets.SampleWorldOptions(), Path.Combine(Path.GetTempPath(), "autograph-cluster"), typeof(Cluster.Silo).Assembly.Location, postgres);
