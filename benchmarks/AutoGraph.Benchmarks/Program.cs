using System.Globalization;
using AutoGraph.Benchmarks;
using BenchmarkDotNet.Running;

// "alternating [steps] [threads]" compares in one process on a machine with other work; anything else goes to BenchmarkDotNet
if (args is ["alternating", .. var rest])
    Alternating.Run(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 40, rest.Length > 1 ? int.Parse(rest[1], CultureInfo.InvariantCulture) : 2);
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
