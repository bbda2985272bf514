using System.CommandLine;
using AutoGraph.Experiments;

// a step or a write that has begun is finished before the process ends
return await AllCommands.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
