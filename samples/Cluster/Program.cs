// Three silos as processes of their own and a client: requests, an insertion, a rolling update of the model.
//   dotnet run -c Release --project samples/Cluster                                   three silos that keep everything in memory
//   dotnet run -c Release --project samples/Cluster -- --postgres "Host=127.0.0.1;…"  kept in PostgreSQL; one silo is killed on the way
//   Cluster silo 0 [--postgres …]                                                     one silo; numbers 0, 1, … side by side
using System.Globalization;

string? postgres = args.IndexOf("--postgres") is >= 0 and var place && place + 1 < args.Length ? args[place + 1] : null;
if (args is ["silo", var number, ..])
    await Cluster.Silo.RunAsync(int.Parse(number, CultureInfo.InvariantCulture), postgres);
else
    await Cluster.Lesson.RunAsync(new AutoGraph.Datasets.SampleWorldOptions(), Path.Combine(Path.GetTempPath(), "autograph-cluster"), typeof(Cluster.Silo).Assembly.Location, postgres);
